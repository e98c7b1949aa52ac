"""How `data/names_cldr.txt` is made: the Arabic names of territories and cities in the Unicode CLDR, as Babel has them.

    python -m newsspider.text.cldr > newsspider/text/data/names_cldr.txt

Taken are names of one word: of territories with their nisba, made by rule, and the exemplar cities of the time zones. What CLDR does not have or
the rule gets wrong stands in `data/names.txt`, which is read first.
"""

from __future__ import annotations

import sys

import babel

from newsspider.text.fold import fold

NO_NISBA = {"مالي", "جيرسي", "نيوي"}  # its nisba is another word, or none is in use


def nisba(name: str) -> str:
    """The adjective of origin by rule: without article and ending, with ي (سوريا: سوري; فرنسا: فرنسي; مصر: مصري)."""
    stem = name.removeprefix("ال")
    for ending in ("يا", "ا", "ة", "ي"):
        if stem.endswith(ending):
            stem = stem.removesuffix(ending)
            break
    return stem + "ي"


def names_from_cldr() -> list[str]:
    """The lines of the list, without its heading."""
    arabic = babel.Locale("ar")
    territories = {name for name in arabic.territories.values() if " " not in name}
    cities = {zone["city"] for zone in arabic.time_zones.values() if "city" in zone and not {" ", "-"} & set(zone["city"])}
    lines = [name if name in NO_NISBA else f"{name} ~{nisba(name)}" for name in territories]
    return sorted(lines + list(cities - territories), key=fold)


if __name__ == "__main__":
    heading = (
        f"# Territories and cities of the Unicode CLDR in Babel {babel.__version__}; made by `python -m newsspider.text.cldr`, not by hand."
    )
    sys.stdout.write("\n".join([heading, *names_from_cldr()]) + "\n")
