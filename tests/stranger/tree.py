"""RFC 6962 trees and the proofs of RFC 9162 (docs/log.md section 1)."""
from signing import sha256

EMPTY = sha256(b"")


def leaf_hash(leaf):
    return sha256(b"\0" + leaf)


def node(left, right):
    return sha256(b"\1" + left + right)


def included(leaf, index, size, path, root):
    """RFC 9162 section 2.1.3.2, over a leaf's hash."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(old_size, old_root, size, root, path):
    """RFC 9162 section 2.1.4.2, with the sizes 0 and equal as docs/log.md has them."""
    if old_size > size:
        return False
    if old_size == size:
        return not path and old_root == root and (size or root == EMPTY)
    if old_size == 0:
        return not path and old_root == EMPTY
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(sibling, before), node(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root
