"""Git history of prompt files → values: revisions along the first parent, blame, changed lines.

Only plumbing output is read; every call is bounded in time, and a folder that is no repository
gives None rather than an error: blame is an extra, never a condition.
"""

import subprocess
from pathlib import Path

from tidegate.check.promptlint.timeline import LineOrigin, Revision
from tidegate.spine.errors import InputError

REVISIONS_MAX = 2000
_TIMEOUT_S = 60


def _git(folder: Path, *arguments: str, data: bytes | None = None) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments], input=data, capture_output=True,
            timeout=_TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def root_of(path: Path) -> Path | None:
    """The top of the repository that holds a path, or None."""
    folder = path if path.is_dir() else path.parent
    if not folder.exists():
        return None
    out = _git(folder, "rev-parse", "--show-toplevel")
    return Path(out.decode().strip()) if out else None


def revisions(path: Path) -> list[Revision]:
    """The first-parent revisions in which a file changed, oldest first, followed through renames."""
    root = root_of(path)
    if root is None:
        return []
    relative = str(path.resolve().relative_to(root.resolve()))
    log = _git(
        root, "log", "--first-parent", "-m", "--follow", "-M40%", f"--max-count={REVISIONS_MAX}", "--name-status",
        "--format=%x1e%H%x1f%an%x1f%ae%x1f%aI%x1f%s", "--", relative,
    )  # fmt: skip
    if not log:
        return []
    rows: list[tuple[str, str, str, str, str, str]] = []
    for record in log.decode("utf-8", "replace").split("\x1e")[1:]:
        head, _, tail = record.partition("\n")
        commit, author, email, date, subject = head.split("\x1f", 4)
        names = [line.split("\t") for line in tail.strip().split("\n") if "\t" in line]
        if not names:
            continue
        status = names[0]
        if status[0].startswith("D"):
            rows.append((commit, author, email, date, subject, ""))
        else:
            rows.append((commit, author, email, date, subject, status[-1]))
    texts = _blobs(root, [f"{commit}:{name}" for commit, *_, name in rows if name])
    out = []
    for commit, author, email, date, subject, name in rows:
        text = texts.get(f"{commit}:{name}", "") if name else ""
        out.append(
            Revision(commit=commit, author=author, email=email, date=date, subject=subject, path=name, text=text)
        )
    return out[::-1]


def _blobs(root: Path, names: list[str]) -> dict[str, str]:
    """Texts of `commit:path` objects, by one cat-file process."""
    out = _git(root, "cat-file", "--batch", data=("\n".join(names) + "\n").encode()) if names else b""
    texts: dict[str, str] = {}
    at = 0
    for name in names:
        end = (out or b"").find(b"\n", at)
        if end < 0:
            break
        head = (out or b"")[at:end].split()
        if len(head) < 3 or head[1] != b"blob":
            at = end + 1
            continue
        size = int(head[2])
        texts[name] = (out or b"")[end + 1 : end + 1 + size].decode("utf-8", "replace")
        at = end + 1 + size + 1
    return texts


def blame(path: Path) -> dict[int, LineOrigin]:
    """Line → who wrote it and when; whitespace changes, moves and copies are seen through."""
    root = root_of(path)
    if root is None:
        return {}
    out = _git(root, "blame", "-w", "-M", "-C", "-C", "--line-porcelain", "--", str(path.resolve()))
    if not out:
        return {}
    lines: dict[int, LineOrigin] = {}
    current: dict[str, str] = {}
    number = 0
    for raw in out.decode("utf-8", "replace").split("\n"):
        if raw.startswith("\t"):
            commit = current.get("commit", "")
            lines[number] = LineOrigin(
                commit=commit if commit.strip("0") else "", author=current.get("author", ""),
                email=current.get("author-mail", "").strip("<>"), time_s=int(current.get("author-time", "0")),
                summary=current.get("summary", ""),
            )  # fmt: skip
            continue
        word, _, rest = raw.partition(" ")
        if len(word) == 40 and all(c in "0123456789abcdef" for c in word):
            current = {"commit": word}
            number = int(rest.split()[1])
        elif word:
            current[word] = rest
    return lines


def changed_lines(path: Path, reference: str) -> set[int]:
    """Lines of the file as it is now that were added or changed since `reference`."""
    root = root_of(path)
    if root is None:
        raise InputError("expected a file in a git repository", where=str(path), remedy="run without --changed-since")
    if _git(root, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}") is None:
        raise InputError(f"expected a commit, branch or tag, got {reference!r}", where="--changed-since",
                         remedy="in CI, fetch the base branch first")  # fmt: skip
    relative = str(path.resolve().relative_to(root.resolve()))
    out = _git(root, "diff", "-U0", "-M", "--no-color", reference, "--", relative)
    changed: set[int] = set()
    for line in (out or b"").decode("utf-8", "replace").split("\n"):
        if line.startswith("@@"):
            plus = line.split("+", 1)[1].split(" ", 1)[0]
            start, _, length = plus.partition(",")
            changed.update(range(int(start), int(start) + int(length or 1)))
    tracked = _git(root, "ls-files", "--error-unmatch", "--", relative)
    if tracked is None:
        changed = set(range(1, path.read_text(encoding="utf-8", errors="replace").count("\n") + 2))
    return changed


def text_at(path: Path, reference: str) -> str | None:
    """The file as it was at `reference`, or None when it was not there."""
    root = root_of(path)
    if root is None:
        return None
    relative = str(path.resolve().relative_to(root.resolve()))
    out = _git(root, "show", f"{reference}:{relative}")
    return out.decode("utf-8", "replace") if out is not None else None


def codeowners(path: Path) -> tuple[str, str] | None:
    """(text of CODEOWNERS, the file's path inside the repository), where there is one."""
    root = root_of(path)
    if root is None:
        return None
    for place in ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
        if (root / place).is_file():
            return (root / place).read_text(encoding="utf-8", errors="replace"), str(
                path.resolve().relative_to(root.resolve())
            )
    return None
