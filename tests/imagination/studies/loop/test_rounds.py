import pandas as pd
import pytest

from imagination.studies.loop import rounds


def test_it_goes_round_in_order_and_shows_the_trainer_models_only() -> None:
    seen: list[str] = []

    def collect(policy: int, data: tuple[int, ...] | None) -> tuple[int, ...]:
        seen.append("collect")
        return (*(data or ()), policy)

    def learn(data: tuple[int, ...]) -> int:
        seen.append("learn")
        return sum(data)

    def improve(policy: int, model: int) -> int:
        seen.append("improve")
        return policy + model + 1

    def measure(number: int, policy: int, model: int, data: tuple[int, ...]) -> pd.DataFrame:
        seen.append("measure")
        return pd.DataFrame({"round": [number], "policy": policy, "steps": len(data)})

    policy, model, table = rounds.run(
        0, rounds=3, collect=collect, learn=learn, improve=improve, measure=measure
    )
    assert seen == ["collect", "learn", "improve", "measure"] * 3
    assert list(table["policy"]) == [1, 3, 8]  # data 0; 0, 1; 0, 1, 3
    assert list(table["steps"]) == [1, 2, 3]
    assert (policy, model) == (8, 4)


@pytest.mark.parametrize("count", [0, True, 1.5])
def test_a_number_of_rounds_that_is_none_is_refused(count: object) -> None:
    with pytest.raises(ValueError, match="rounds"):
        rounds.run(0, rounds=count, collect=None, learn=None, improve=None, measure=None)  # type: ignore[arg-type]
