"""A second reader of signed NuGet packages, independent of the product's: NuGet's own steps, without any zip library.

Writes the package's signature to a file, and prints the SHA-2 digest of the package as it was before it was signed.
Usage: second-reader.py PACKAGE HASH SIGNATURE_FILE
"""
import hashlib
import struct
import sys

package, algorithm, signature_file = sys.argv[1:]
data = open(package, "rb").read()
end = data.rindex(b"PK\x05\x06")
disk, first_disk, on_disk, count, size, offset, comment = struct.unpack("<4H2IH", data[end + 4 : end + 22])
assert disk == first_disk == 0 and on_disk == count and offset + size == end and end + 22 + comment == len(data)

records = []
at = offset
for _ in range(count):
    assert data[at : at + 4] == b"PK\x01\x02"
    flags, method = struct.unpack("<2H", data[at + 8 : at + 12])
    lengths = struct.unpack("<3H", data[at + 28 : at + 34])
    attributes, local = struct.unpack("<2I", data[at + 38 : at + 46])
    length = 46 + sum(lengths)
    name = data[at + 46 : at + 46 + lengths[0]]
    records.append((name, local, data[at : at + length], flags, method, attributes))
    at += length
assert at == end

found = [record for record in records if record[0] == b".signature.p7s"]
assert len(found) == 1, "one signature"
name, local, record, flags, method, attributes = found[0]
assert flags == method == attributes == 0
starts = sorted(other[1] for other in records) + [offset]
entry_size = starts[starts.index(local) + 1] - local

digest = hashlib.new(algorithm)
for start in starts[:-1]:
    if start != local:
        digest.update(data[start : starts[starts.index(start) + 1]])
for other in records:
    if other[0] == name:
        continue
    moved = other[1] - (entry_size if other[1] > local else 0)
    digest.update(other[2][:42] + struct.pack("<I", moved) + other[2][46:])
digest.update(
    data[end : end + 8]
    + struct.pack("<2H2I", count - 1, count - 1, size - len(record), offset - entry_size)
    + data[end + 20 :]
)
packed, unpacked, name_length, extra_length = struct.unpack("<2I2H", data[local + 18 : local + 30])
assert packed == unpacked and extra_length == 0
begin = local + 30 + name_length
open(signature_file, "wb").write(data[begin : begin + packed])
print(digest.hexdigest())
