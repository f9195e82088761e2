"""Who answers for what in a place: the units that the ledgers name, from the profile's departments."""

from __future__ import annotations

from warehouse.profiles import Profile

# What kind of help or need -> the department it belongs to.
DEPARTMENT_OF_MEASURE = {
    "医疗": "medical_insurance", "教育": "education", "兜底保障": "civil_affairs", "临时救助": "civil_affairs",
    "产业": "agriculture", "就业": "human_resources", "住房": "housing", "饮水": "water",
    "社会帮扶": "rural_revitalisation", "其他": "rural_revitalisation",
}  # fmt: skip
DEPARTMENT_OF_NEED = {
    "医疗": "medical_insurance", "教育": "education", "住房": "housing", "就业": "human_resources",
    "受灾": "emergency", "慈善": "civil_affairs", "服务": "civil_affairs",
}  # fmt: skip


def unit_of(profile: Profile, department_code: str) -> str:
    """The unit of a department as the ledgers write it; where the place has no such department, who leads the work."""
    by_code = {department.department_code: department for department in profile.departments}
    for code in (department_code, "rural_revitalisation", "civil_affairs"):
        if code in by_code:
            return by_code[code].unit or by_code[code].name
    return profile.departments[0].unit or profile.departments[0].name
