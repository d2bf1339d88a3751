"""Unpacks archives with Python's own modules. stdin: lines of "format archive folder"; stdout: "0" or "1" for each."""
import sys
import tarfile
import zipfile

# Where this Python knows filters, the one that only keeps everything inside the folder.
SAFE = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}

for line in sys.stdin:
    form, archive, folder = line.rstrip("\n").split("\t")
    try:
        if form == "zip":
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)
        else:
            with tarfile.open(archive) as opened:
                opened.extractall(folder, **SAFE)
        print(0, flush=True)
    except Exception as error:  # whatever it is, it was said
        print(1, type(error).__name__, str(error).replace("\n", " ")[:200], flush=True)
