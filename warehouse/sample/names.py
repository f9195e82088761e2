"""Plausible names: surnames clustered by village, given names by generation and sex."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]

# The first are the most frequent; weights fall as 1 / (place + 4).
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺代耿郜尤梅纵武庄解丰"
)
FATHERS_OF_MINORITY = ("艾力", "买买提", "吐尔逊", "阿不都", "热合曼", "巴特尔", "苏和", "那顺")
MINORITY_GIVEN = {
    "男": ("买买提", "艾尔肯", "阿里木", "吐尔逊", "巴图", "苏和"),
    "女": ("古丽", "阿依夏", "热依汗", "帕提曼", "其其格", "娜仁"),
}

# Last birth year of the generation -> sex -> (first characters, second characters, share of two-character given names)
GENERATIONS: tuple[tuple[int, dict[str, tuple[str, str, float]]], ...] = (
    (
        1949,
        {
            "男": ("德福永振传广洪怀学文正玉金兴", "才贵山田成林元有明发亮清善仁", 0.72),
            "女": ("秀桂玉兰凤素月翠金美", "英兰荣珍芳云侠莲花贞", 0.75),
        },
    ),
    (
        1969,
        {
            "男": ("建国志永保学家传怀文新跃卫", "国军民成华平林明强义才东生友", 0.70),
            "女": ("秀桂玉红爱素淑凤翠金", "英华芳兰琴梅侠荣云平霞", 0.72),
        },
    ),
    (
        1989,
        {
            "男": ("勇军伟强磊涛超峰刚辉建海志晓家", "军峰伟强涛波林杰鹏辉光华亮飞", 0.48),
            "女": ("丽娟艳敏静霞芳红小晓春海", "丽娟艳敏玲霞芳红娜燕云侠", 0.45),
        },
    ),
    (
        2009,
        {
            "男": ("浩俊文子宇嘉家天鑫志明", "然杰豪轩宇博涛阳鑫宏辉", 0.66),
            "女": ("雨欣梦思佳文静雅晓子", "涵怡婷琪雪欣妍洁慧瑶", 0.70),
        },
    ),
    (
        9999,
        {
            "男": ("梓浩宇子沐奕俊一辰嘉", "轩睿宸泽豪涵阳霖航辰", 0.88),
            "女": ("梓雨欣诗若语一可沐佳", "涵萱彤琪怡妍汐诺玥琳", 0.88),
        },
    ),
)


def village_surnames(village_names: list[str], rng: np.random.Generator) -> NDArray[np.float64]:
    """Surname weights per village (villages x surnames): a few families make up half of a village.

    A surname in a village's own name (刘圩, 王楼) is its largest family.
    """
    base = 1.0 / (np.arange(len(SURNAMES)) + 4.0)
    weights = np.tile(base / base.sum(), (len(village_names), 1))
    for row, village in zip(weights, village_names, strict=True):
        large = rng.choice(len(SURNAMES), size=4, replace=False, p=base / base.sum())
        row[large] += np.array([0.28, 0.16, 0.10, 0.06])
        for character in village:
            if character in SURNAMES:
                row[SURNAMES.index(character)] += 0.55
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def draw_surnames(villages: NDArray[np.int64], weights: NDArray[np.float64], rng: np.random.Generator) -> Texts:
    """A surname for each, by the weights of the village it lives in."""
    cumulative = weights.cumsum(axis=1)
    drawn = (rng.random(len(villages))[:, None] > cumulative[villages]).sum(axis=1)
    return np.asarray(np.array(list(SURNAMES), dtype=object)[np.minimum(drawn, len(SURNAMES) - 1)])


def draw_given(birth_years: NDArray[np.int64], sexes: Texts, rng: np.random.Generator) -> Texts:
    """A given name of one or two characters, after the fashion of the birth year and sex."""
    given = np.empty(len(birth_years), dtype=object)
    since = 0
    for until, by_sex in GENERATIONS:
        for sex, (firsts, seconds, two_share) in by_sex.items():
            chosen = np.flatnonzero((birth_years >= since) & (birth_years <= until) & (sexes == sex))
            first = np.array(list(firsts), dtype=object)[rng.integers(0, len(firsts), len(chosen))]
            second = np.array(list(seconds), dtype=object)[rng.integers(0, len(seconds), len(chosen))]
            is_two = rng.random(len(chosen)) < two_share
            given[chosen] = np.where(is_two, first + second, second)
        since = until + 1
    return given


def minority_names(sexes: Texts, rng: np.random.Generator) -> Texts:
    """Names of the form 给名·父名."""
    fathers = rng.integers(0, len(FATHERS_OF_MINORITY), len(sexes))
    names = [
        f"{MINORITY_GIVEN[sex][rng.integers(0, len(MINORITY_GIVEN[sex]))]}·{FATHERS_OF_MINORITY[father]}"
        for sex, father in zip(sexes, fathers, strict=True)
    ]
    return np.array(names, dtype=object) if names else np.empty(0, dtype=object)
