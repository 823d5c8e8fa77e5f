"""Compares check.py's answers with what each vector expects.

usage: python3 vectors.py FOLDER..."""
import json
import pathlib
import sys

from check import check
from notes import Policy

passed = failed = 0
for path in [path for folder in sys.argv[1:] for path in sorted(pathlib.Path(folder).glob("*.json"))]:
    vector = json.loads(path.read_text(encoding="utf-8"))
    policy = Policy(vector["trust"]) if vector["trust"] else None
    answer = check(vector["file"].encode(), policy)
    found = answer["verdict"], answer.get("check")
    if found == (vector["verdict"], vector["check"]):
        passed += 1
        continue
    failed += 1
    print(f"{path.name}: expected {vector['verdict']} {vector['check']}, found {found}: {answer.get('why')}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
