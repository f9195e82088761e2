"""A county made of Suntuan's files: three towns of three villages, so that areas are three levels deep."""

from __future__ import annotations

import shutil
from pathlib import Path

from warehouse.profiles import PROFILES

COUNTY = "990100"
TOWNS = {"990100101": "东河镇", "990100102": "西岭镇", "990100103": "南湾乡"}
VILLAGES = {
    "990100101": ("柳树村", "石桥村", "高庄村"),
    "990100102": ("马营村", "白塔村", "陈寨村"),
    "990100103": ("沙湾村", "杨集村", "胡楼村"),
}
HEAD = """profile: county
name: 试验县
name_en: Trial county
place: 某省某市试验县
place_en: Trial county, somewhere
level: county
top_area: "990100"
unit_level: village
unit_word: 村
unit_word_en: village
level_words:
  town: [镇, town, towns]
taskforce: 试验县工作专班
taskforce_en: Trial county taskforce
source: 000_2f1127ee466a91a7.txt
tile_map_note: 示意图：按官方代码顺序排列的等大方格，不表示地理位置
tile_map_note_en: Schematic of equal tiles in the order of the official codes; not a map
"""


def village_codes(town: str) -> list[str]:
    return [f"{town}{200 + number}" for number in range(len(VILLAGES[town]))]


def write_county(folder: Path) -> Path:
    """The folder of the profile, ready for load_profile."""
    shutil.copytree(PROFILES / "suntuan", folder)
    (folder / "profile.yml").write_text(HEAD, encoding="utf-8")
    lines = ["area_code,name,level,parent_code,division_code,code_system,tile_row,tile_col,aliases"]
    lines.append(f"{COUNTY},试验县,county,,{COUNTY}000000,local,,,")
    for column, (town, name) in enumerate(TOWNS.items(), start=1):
        lines.append(f"{town},{name},town,{COUNTY},{town}000,local,1,{column},")
        lines += [
            f"{code},{village},village,{town},{code},local,1,{number},"
            for number, (code, village) in enumerate(zip(village_codes(town), VILLAGES[town], strict=True), start=1)
        ]
    (folder / "areas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
