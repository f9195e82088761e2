"""What Kanhu costs, measured on the machine that runs it: pages as served, a build, the reading of files.

Seconds differ between machines, so every measurement stands beside a yardstick of the same run: an empty page, the bare
reading of the same files. Source: 08-performance.
"""
