"""Secrets that are shown: prefix, length, checksum."""

from apps.core.credentials import is_well_formed, new_credential


class TestNewCredential:
    def test_is_prefix_and_43_alphanumerics(self) -> None:
        made = new_credential("polar_c_")
        assert made.startswith("polar_c_")
        assert len(made) == len("polar_c_") + 43
        assert made.removeprefix("polar_c_").isalnum()
        assert is_well_formed(made, "polar_c_")

    def test_is_never_the_same(self) -> None:
        assert len({new_credential("x_") for _ in range(200)}) == 200


class TestIsWellFormed:
    def test_sees_a_single_wrong_letter(self) -> None:
        made = new_credential("polar_c_")
        wrong = made[:20] + ("a" if made[20] != "a" else "b") + made[21:]
        assert not is_well_formed(wrong, "polar_c_")

    def test_refuses_other_prefixes_and_lengths(self) -> None:
        made = new_credential("polar_c_")
        assert not is_well_formed(made, "polar_oat_")
        assert not is_well_formed(made[:-1], "polar_c_")
        assert not is_well_formed(f"{made[:20]}\0{made[21:]}", "polar_c_")
        assert not is_well_formed("", "polar_c_")
