from newsspider.text.amounts import amount


def test_a_number_has_its_noun() -> None:
    assert [amount(number, "dead letter") for number in (0, 1, 2)] == ["0 dead letters", "1 dead letter", "2 dead letters"]
    assert [amount(number, "entry", "entries") for number in (0, 1, 21)] == ["0 entries", "1 entry", "21 entries"]
