/** Third-party programs that unpack many archives, each archive into a new folder. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveType } from '#core/formats/archive-formats.ts';

export interface PackedFile {
  readonly type: ArchiveType;
  readonly file: string;
  /** Where it is unpacked to. */
  readonly folder: string;
}

export interface Outcome {
  /** 'refused': the program said that something is wrong with the archive, by its exit code. */
  readonly verdict: 'unpacked' | 'refused';
  readonly said: string;
}

export interface Unpacker {
  readonly name: string;
  readonly unpacks: readonly ArchiveType[];
  /** Outcomes in the order of the files. */
  unpack(files: readonly PackedFile[]): Promise<readonly Outcome[]>;
}

/** An environment with UTF-8 messages and names and none of the user's settings. */
const environment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C.UTF-8',
  HOME: '/nonexistent',
  TZ: 'UTC',
  NODE_ENV: 'test',
};
const batchSecondsMax = 600;

/** Runs a program with a text on its standard input → its standard output. */
function run(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timeout = batchSecondsMax * 1000;
    const child = spawn(program, [...args], { env: environment, timeout });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else
        reject(
          new Error(
            `${program} ended (${signal ?? code}): ${Buffer.concat(err).toString('utf8').slice(-500)}`,
          ),
        );
    });
    child.stdin.on('error', () => undefined); // said by the exit code
    child.stdin.end(input);
  });
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A shell that runs `command` in each folder, with the archive's path in $1 and the folder's in $2. `warnings` are exit codes
 * with which the program has still unpacked everything.
 */
function shellUnpacker(
  name: string,
  unpacks: readonly ArchiveType[],
  command: (type: ArchiveType) => string,
  warnings: readonly number[] = [],
): Unpacker {
  return {
    name,
    unpacks,
    async unpack(files) {
      // No file over 64 MiB, so that nothing fills the disk.
      const lines = files.map(
        ({ type, file, folder }) =>
          `set -- ${quote(file)} ${quote(folder)}; mkdir -p "$2" && cd "$2" && said=$( { ${command(type)}; } 2>&1 </dev/null | tr '\\n\\t\\000' '   ' | head -c 300; exit "\${PIPESTATUS[0]}" ); printf '%d\\t%s\\n' $? "$said"`,
      );
      const output = await run('bash', ['-s'], `ulimit -f 65536\n${lines.join('\n')}\n`);
      return readOutcomes(name, files.length, output, warnings);
    },
  };
}

function readOutcomes(
  name: string,
  count: number,
  output: string,
  warnings: readonly number[],
): readonly Outcome[] {
  const lines = output.split('\n').slice(0, -1);
  if (lines.length !== count) throw new Error(`${name} answered ${lines.length} times to ${count} archives`);
  return lines.map((line) => {
    const [, code = '', said = ''] = /^(\d+)\s*(.*)$/.exec(line) ?? [];
    const verdict = code === '0' || warnings.includes(Number(code)) ? 'unpacked' : 'refused';
    return { verdict, said: code === '0' ? said : `exit code ${code}: ${said}` };
  });
}

const python: Unpacker = {
  name: 'Python',
  unpacks: ['tar', 'tar.gz', 'zip'],
  async unpack(files) {
    await Promise.all(files.map(({ folder }) => mkdir(folder, { recursive: true })));
    const input = files.map(({ type, file, folder }) => `${type}\t${file}\t${folder}\n`).join('');
    const output = await run('python3', ['-I', join(import.meta.dirname, 'unpack.py')], input);
    return readOutcomes('Python', files.length, output, []);
  },
};

const tarTypes = ['tar', 'tar.gz'] as const;
const sevenZip = '7zz x -y -bd -bso0 -bsp0 -mmt1';

/** Each finds out by itself what it is given, as when somebody calls it. */
export const unpackers: readonly Unpacker[] = [
  shellUnpacker('bsdtar', ['tar', 'tar.gz', 'zip'], () => 'bsdtar -xf "$1"'),
  // From a pipe a zip archive is read from its start, by the local headers alone.
  shellUnpacker('bsdtar from a pipe', ['tar', 'tar.gz', 'zip'], () => 'cat "$1" | bsdtar -xf -'),
  shellUnpacker('GNU tar', tarTypes, () => 'tar -xf "$1"'),
  // 1: "processing completed successfully anyway" (unzip(1), DIAGNOSTICS).
  shellUnpacker('Info-ZIP', ['zip'], () => 'unzip -qq -o "$1"', [1]),
  // 1: "non fatal error(s)". From tar.gz comes the tar file first, under the name that the gzip header gives it.
  shellUnpacker(
    '7-Zip',
    ['tar', 'tar.gz', 'zip'],
    (type) =>
      type === 'tar.gz'
        ? `${sevenZip} -o"$2.gz" "$1" && ${sevenZip} -o"$2" "$2.gz"/*`
        : `${sevenZip} -o"$2" "$1"`,
    [1],
  ),
  python,
];
