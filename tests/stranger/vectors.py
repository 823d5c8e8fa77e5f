"""Compares check.py's answers with what each vector expects.

usage: python3 vectors.py FOLDER..."""
import json
import pathlib
import sys

from canonical import Malformed
from check import check
from notes import Policy


def judge(data, trust):
    """The answer on a file; none is looked for with a trust file that is refused."""
    try:
        policy = Policy(trust) if trust else None
    except Malformed as error:
        return {"verdict": "trust refused", "why": str(error)}
    return check(data, policy)


def main():
    passed = failed = 0
    for path in [path for folder in sys.argv[1:] for path in sorted(pathlib.Path(folder).glob("*.json"))]:
        vector = json.loads(path.read_text(encoding="utf-8"))
        answer = judge(vector["file"].encode(), vector["trust"])
        found = answer["verdict"], answer.get("check")
        if found == (vector["verdict"], vector["check"]):
            passed += 1
            continue
        failed += 1
        print(f"{path.name}: expected {vector['verdict']} {vector['check']}, found {found}: {answer.get('why')}")
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed; 0 ignored")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
