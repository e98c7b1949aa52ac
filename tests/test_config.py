"""Configuration: one file, variables on top, and errors that say where (case O07)."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsspider.config import Config, keys, load_config, variable
from newsspider.errors import ConfigError
from newsspider.store import Store


def write(folder: Path, text: str) -> Path:
    path = folder / "newsspider.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_without_a_file() -> None:
    assert load_config(environ={}) == Config()


@pytest.mark.parametrize("name", ["a?b", "a%41", "a b#c", "مجلد"])
def test_the_store_lies_in_the_data_folder_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    Store.open(Config(data_folder=folder).store_url).close()
    assert (folder / "newsspider.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_variables_go_on_top_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[crawl]\ndelay = 3\ncontact = "a@b.example"\n')
    config = load_config(path, {"NEWSSPIDER_CRAWL_DELAY": "0.5"})
    assert (config.crawl.delay, config.crawl.contact) == (0.5, "a@b.example")


def test_relative_paths_are_meant_from_the_files_folder(tmp_path: Path) -> None:
    path = write(tmp_path, 'data_folder = "d"\n[sources]\nfolder = "s"\n')
    config = load_config(path, {})
    assert (config.data_folder, config.sources.folder) == (tmp_path / "d", tmp_path / "s")


def test_paths_in_variables_are_meant_from_the_current_folder(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, ""), {"NEWSSPIDER_DATA_FOLDER": "d"}).data_folder == Path("d")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n[crawl]\n\ndelai = 2\n", ":4: crawl.delai: no such key"),
        ('[crawl]\ndelay = "fast"\n', ":2: crawl.delay: Input should be a valid number"),
        ("[crawl]\ndelay = -1\n", ":2: crawl.delay: Input should be greater than or equal to 0"),
        ("[craw]\ndelay = 1\n", ":1: craw: no such key"),
        ("[crawl]\nfull_fetch_days = 1e6\n", ":2: crawl.full_fetch_days: Input should be less than or equal to 36500"),
        ("[crawl]\nmax_age_days = 1000000\n", ":2: crawl.max_age_days: Input should be less than or equal to 36500"),
        ("[crawl]\ntimeout = inf\n", ":2: crawl.timeout: Input should be a finite number"),
        ("crawl = 3\n", ":1: crawl: "),
        ("[crawl\n", "not valid TOML"),
        ('[crawl]\n\ncontact = "me"\n', ":3: crawl.contact: must be a mail address"),
        ('[crawl]\ncontact = "me@x.example\\nX: y"\n', ":2: crawl.contact: must be"),
        (
            '[net]\nallow_networks = ["10.0.0.0/8", "here"]\n',
            ":2: net.allow_networks.1: 'here' does not appear to be an IPv4 or IPv6 network",
        ),
        ('[engine]\nurl = "ftp://a:9200"\n', ":2: engine.url: must be an address that begins with http"),
        ('[engine]\nurl = "localhost:9200"\n', ":2: engine.url: must be an address that begins with http"),
        ('[store]\nurl = "newsspider.db"\n', ":2: store.url: must be a database URL"),
        ('[engine]\nusername = "u"\n', ":1: engine: engine.password is missing"),
        ('[engine]\napi_key = "${KEY}"\n', ":2: engine.api_key: is a reference that nothing filled in"),
        ('[web]\n\ntoken = "${TOKEN}"\n', ":3: web.token: is a reference that nothing filled in"),
        ('log.level = "LOUD"\n', ":1: log.level: "),
    ],
)
def test_o07_errors_name_file_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as e:
        load_config(path, {})
    assert str(path) in str(e.value)
    assert expected in str(e.value)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"NEWSSPIDER_CRAWL_DELAY": "fast"}, "NEWSSPIDER_CRAWL_DELAY: "),
        ({"NEWSSPIDER_CRAWL_DELLAY": "1"}, "NEWSSPIDER_CRAWL_DELLAY: no such setting"),
        ({"NEWSSPIDER_NET_HOSTS": "x"}, "NEWSSPIDER_NET_HOSTS: must be JSON"),
        ({"NEWSSPIDER_ENGINE_API_KEY_FILE": "/nowhere/key"}, "NEWSSPIDER_ENGINE_API_KEY_FILE: the secret's file /nowhere/key"),
        ({"NEWSSPIDER_ENGINE_API_KEY_FILE": "x", "NEWSSPIDER_ENGINE_API_KEY": "y"}, "both set"),
        ({"NEWSSPIDER_ENGINE_USERNAME": "elastic"}, "NEWSSPIDER_ENGINE_PASSWORD_FILE"),
        ({"NEWSSPIDER_CONFIG": "/nowhere/newsspider.toml"}, "/nowhere/newsspider.toml: cannot be read"),
    ],
)
def test_o07_errors_name_the_variable(environ: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError) as e:
        load_config(environ=environ)
    assert expected in str(e.value)
    assert "None" not in str(e.value)


def test_secrets_come_from_files_and_never_print(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s3cret\n", encoding="utf-8")
    config = load_config(environ={"NEWSSPIDER_ENGINE_API_KEY_FILE": str(secret)})
    assert config.engine.api_key.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(config)


def test_o07_an_empty_secret_file_is_a_missing_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="key is empty"):
        load_config(environ={"NEWSSPIDER_ENGINE_API_KEY_FILE": str(tmp_path / "key")})


def test_o12_a_file_with_a_secret_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, '[engine]\napi_key = "k"\n')
    path.chmod(0o644)
    assert load_config(path, {}).engine.api_key.get_secret_value() == "k"
    path.chmod(0o666)
    with pytest.raises(ConfigError, match=r"engine\.api_key and may be written by everybody; chmod 600"):
        load_config(path, {})
    write(tmp_path, "[engine]\ntimeout = 3\n")
    assert load_config(path, {}).engine.timeout == 3


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as e:
        load_config(write(tmp_path, "[crawl]\nx = 1\ny = 2\n"), {})
    assert len(str(e.value).splitlines()) == 2


def test_every_key_has_its_own_variable() -> None:
    names = [variable(location) for location in keys()]
    assert len(names) == len(set(names))
