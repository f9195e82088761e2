"""`python -m warehouse` is the same as `kanhu`."""

from warehouse.cli import main

if __name__ == "__main__":
    main()
