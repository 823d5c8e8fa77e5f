"""Answers on files that come one after another: a line of JSON with `trust` and `length`, then the file.

usage: python3 frames.py   for each a line of JSON with `verdict` and `check`"""
import json
import sys

from vectors import judge

while header := sys.stdin.buffer.readline():
    asked = json.loads(header)
    answer = judge(sys.stdin.buffer.read(asked["length"]), asked["trust"])
    print(json.dumps({"verdict": answer["verdict"], "check": answer.get("check"), "why": answer.get("why")}), flush=True)
