from furrow.cli import main
from furrow.output.csv_export import plan_csv
from furrow.output.table import table


def test_numbers_stand_to_the_right():
    assert table(["name", "n"], [["a", 1], ["bcdef", 20]]) == (
        "name    n\n-----  --\na       1\nbcdef  20\n"
    )
    assert table(["name"], []) == "name\n----\n"


def test_plan_is_printed(path, capsys):
    assert main(["plan", str(path)]) == 0
    assert capsys.readouterr().out == (
        "bed    crop     sown        plants\n"
        "-----  -------  ----------  ------\n"
        "south  lettuce  2025-04-17      12\n"
        "south  lettuce  2025-05-08      12\n"
        "south  lettuce  2025-05-29      12\n"
        "south  lettuce  2025-06-19      12\n"
        "wall   tomato   2025-05-10       6\n"
    )


def test_seeds_are_printed(path, capsys):
    assert main(["seeds", str(path)]) == 0
    assert capsys.readouterr().out == (
        "crop     packets\n-------  -------\nlettuce        4\ntomato         1\n"
    )


def test_picking_is_printed(path, capsys):
    assert main(["picking", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "2025-W23  lettuce  1.1"
    assert "2025-W31  tomato   1.8" in lines


def test_plan_is_exported(garden):
    lines = plan_csv(garden.plantings).splitlines()
    assert lines[0] == "bed,crop,sown,first_picking,last_picking,plants"
    assert lines[1] == "south,lettuce,2025-04-17,2025-06-06,2025-06-15,12"


def test_missing_garden_is_told(tmp_path, capsys):
    assert main(["plan", str(tmp_path / "none.toml")]) == 2
    assert capsys.readouterr().err.startswith("furrow: ")
