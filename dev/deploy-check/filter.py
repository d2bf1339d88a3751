#!/usr/bin/python3
"""Puts systemd's SystemCallFilter= in place and becomes the command: filter.py LINE ... -- COMMAND ARGUMENT ...
With --profile in place of the command it prints the same filter as containers take it (OCI runtime specification, linux.seccomp).

Each LINE is the value of one SystemCallFilter=, as the unit has them. What isn't allowed fails with EPERM. The groups (@...) are read
from systemd-analyze, as systemd itself has them.
"""
import errno
import json
import os
import subprocess
import sys


def read_groups():
    text = subprocess.run(['systemd-analyze', '--no-pager', 'syscall-filter'], check=True, capture_output=True, text=True).stdout
    groups, name = {}, None
    for line in text.splitlines():
        if line.startswith('@') or (line and not line[0].isspace() and not line.startswith('#')):
            name = line.split()[0]
            groups[name] = []
        elif name is not None and line.strip() and not line.strip().startswith('#'):
            groups[name].append(line.strip())
    return groups


def expand(word, groups, seen=()):
    if not word.startswith('@'):
        return {word}
    if word in seen:
        return set()
    if word not in groups:
        raise SystemExit(f'filter.py: systemd knows no group {word}')
    return set().union(*(expand(each, groups, (*seen, word)) for each in groups[word]))


def allowed_by(lines):
    groups = read_groups()
    # What every filter of systemd's allows, so that the command can be started at all.
    allowed = expand('@default', groups)
    for line in lines:
        deny = line.startswith('~')
        for word in line.removeprefix('~').split():
            calls = expand(word, groups)
            allowed = allowed - calls if deny else allowed | calls
    return sorted(allowed | {'execve', 'exit', 'exit_group', 'getrlimit', 'rt_sigreturn', 'sigreturn'})


def profile(names):
    return {
        'defaultAction': 'SCMP_ACT_ERRNO',
        'defaultErrnoRet': errno.EPERM,
        'architectures': ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
        'syscalls': [{'names': names, 'action': 'SCMP_ACT_ALLOW'}],
    }


def main():
    if sys.argv[1] == '--profile':
        print(json.dumps(profile(allowed_by(sys.argv[2:])), indent=2))
        return
    import seccomp  # only a process that becomes another one needs it

    at = sys.argv.index('--')
    lines, command = sys.argv[1:at], sys.argv[at + 1:]
    filter_ = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in allowed_by(lines):
        try:
            filter_.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, ValueError, OSError):
            pass  # not a call of this architecture
    filter_.load()
    os.execvp(command[0], command)


main()
