/**
 * A filter of system calls for a program that unpacks files: it never starts another, nor a second thread, so that no limit
 * has to count them; it never makes a link or a device, never asks for network, debugging or namespaces, and takes no memory
 * or disk that no limit counts: what it writes has a name and a size in its folder as long as it is there. Classic BPF, as
 * seccomp(2) takes it.
 */

interface Architecture {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly audit: number;
  /** Calls that open files, with the number of the argument that has the flags. */
  readonly opens: readonly (readonly [number: number, flags: number])[];
  /** Refused with EPERM. */
  readonly refused: readonly number[];
}

/** The same numbers everywhere since Linux 5.1. clone3, openat2, memfd_secret, and what asks for rings, mounts and other processes. */
const newer = [425, 426, 427, 428, 429, 430, 431, 432, 433, 435, 437, 438, 440, 442, 447, 448];

/** By `process.arch`. */
const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    opens: [
      [2, 1],
      [257, 2],
    ],
    refused: [
      // clone, fork, vfork
      56, 57, 58,
      // socket, connect, accept, socketpair, accept4
      41, 42, 43, 53, 288,
      // link, symlink, mknod, linkat, symlinkat, mknodat
      86, 88, 133, 265, 266, 259,
      // ptrace, process_vm_readv, process_vm_writev, kcmp
      101, 310, 311, 312,
      // pivot_root, chroot, mount, umount2, unshare, setns
      155, 161, 165, 166, 272, 308,
      // add_key, request_key, keyctl, perf_event_open, name_to_handle_at, open_by_handle_at, bpf, userfaultfd
      248, 249, 250, 298, 303, 304, 321, 323,
      // memfd_create, shmget, semget, msgget, mq_open: memory that belongs to no process
      319, 29, 64, 68, 240,
      // unlink, unlinkat, rmdir, rename, renameat, renameat2: a file without a name still takes disk
      87, 263, 84, 82, 264, 316,
      // fallocate: disk beyond a file’s size
      285,
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    opens: [[56, 2]],
    refused: [
      // clone
      220,
      // socket, socketpair, connect, accept, accept4
      198, 199, 203, 202, 242,
      // mknodat, symlinkat, linkat
      33, 36, 37,
      // ptrace, process_vm_readv, process_vm_writev, kcmp
      117, 270, 271, 272,
      // umount2, mount, pivot_root, chroot, unshare, setns
      39, 40, 41, 51, 97, 268,
      // add_key, request_key, keyctl, perf_event_open, name_to_handle_at, open_by_handle_at, bpf, userfaultfd
      217, 218, 219, 241, 264, 265, 280, 282,
      // memfd_create, shmget, semget, msgget, mq_open
      279, 194, 190, 186, 180,
      // unlinkat, renameat, renameat2, fallocate
      35, 38, 276, 47,
    ],
  },
};

const allow = 0x7fff0000;
const killProcess = 0x80000000;
const refuse = (errno: number): number => 0x00050000 | errno;
const eperm = 1;
/** Calls of the x32 ABI have this bit. */
const x32 = 0x40000000;
/** Offsets in seccomp_data. */
const [numberAt, archAt, firstArgumentAt] = [0, 4, 16];
/** Of arguments, of which flags are the lower half. */
const argumentBytes = 8;
/** __O_TMPFILE: a file that never has a name. */
const nameless = 0o20000000;

interface Instruction {
  readonly code: number;
  readonly k: number;
  /** How many instructions are skipped where a condition holds, and where it doesn't. */
  readonly jt?: number;
  readonly jf?: number;
}

const load = (offset: number): Instruction => ({ code: 0x20, k: offset });
const give = (result: number): Instruction => ({ code: 0x06, k: result });
const ifEqual = (k: number, jt: number, jf: number): Instruction => ({ code: 0x15, k, jt, jf });
const ifAtLeast = (k: number, jt: number, jf: number): Instruction => ({ code: 0x35, k, jt, jf });
const ifAnyBit = (k: number, jt: number, jf: number): Instruction => ({ code: 0x45, k, jt, jf });

/** For `bwrap --seccomp`; null: this architecture isn't known, and then nothing may run. */
export function seccompFilter(arch: string = process.arch): Buffer | null {
  const known = architectures[arch];
  if (known === undefined) return null;
  const instructions: readonly Instruction[] = [
    load(archAt),
    ifEqual(known.audit, 1, 0),
    give(killProcess),
    load(numberAt),
    ifAtLeast(x32, 0, 1),
    give(refuse(eperm)),
    ...known.opens.flatMap(([number, flags]) => [
      ifEqual(number, 0, 4),
      load(firstArgumentAt + flags * argumentBytes),
      ifAnyBit(nameless, 0, 1),
      give(refuse(eperm)),
      give(allow),
    ]),
    ...[...known.refused, ...newer].flatMap((number) => [ifEqual(number, 0, 1), give(refuse(eperm))]),
    give(allow),
  ];
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, { code, k, jt = 0, jf = 0 }] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  }
  return bytes;
}
