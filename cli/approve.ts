/**
 * `countersign approve`: the approver signs with their own SSH key. The statement comes from the portal, which isn't
 * trusted: it is parsed, shown, and compared with the file that the approver has examined.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { approvalNamespace, parseApprovalStatement } from '#core/approval/index.ts';
import { hashFile, type Portal } from './client/index.ts';
import { CliError } from './error.ts';
import { whenInterrupted } from './interrupt.ts';
import { plain } from './plain.ts';
import { approvalStatement, handIn } from './portal.ts';

const run = promisify(execFile);

export interface ApproveInput {
  readonly portal: Portal;
  readonly id: string;
  readonly decision: 'approve' | 'deny';
  /** Private key file, or a public key whose private half an SSH agent holds. */
  readonly keyFile: string;
  /** The artifact as the approver has it; without it the digest is only shown. */
  readonly artifact: string | null;
  readonly say: (line: string) => void;
}

export async function approve(input: ApproveInput): Promise<void> {
  const text = await approvalStatement(input.portal, input.id, input.decision);
  const statement = parseApprovalStatement(text);
  if (statement.request !== input.id || statement.decision !== input.decision) {
    throw new CliError(
      'MISMATCH',
      `the portal sent a statement about ${statement.request} (${statement.decision}); nothing was signed`,
    );
  }
  if (input.artifact !== null) {
    const { sha256 } = await hashFile(input.artifact);
    if (sha256 !== statement.artifactSha256) {
      throw new CliError(
        'MISMATCH',
        `${input.artifact} has SHA-256 ${sha256}, but the statement is about ${statement.artifactSha256}; nothing was signed`,
      );
    }
  }
  const { parameters, ...members } = statement;
  for (const [name, value] of Object.entries(members))
    input.say(plain(`  ${name.padEnd(15)} ${String(value)}`));
  for (const [name, value] of Object.entries(parameters))
    input.say(plain(`  parameter       ${name} = ${value}`));
  await handIn(input.portal, input.id, text, await sshSign(input.keyFile, text, approvalNamespace));
  input.say(input.decision === 'approve' ? 'approved' : 'denied');
}

/** ssh-keygen does the signing, so that agents and hardware keys work; the key never passes through here. */
export async function sshSign(keyFile: string, text: string, namespace: string): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-'));
  const file = path.join(directory, 'statement.json');
  const forget = whenInterrupted(() => rmSync(directory, { recursive: true, force: true }));
  try {
    await writeFile(file, text);
    await run('ssh-keygen', ['-Y', 'sign', '-q', '-f', keyFile, '-n', namespace, file]);
    return await readFile(`${file}.sig`, 'utf8');
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown };
    const said = stderr.trim() === '' ? (error as Error).message : stderr.trim();
    throw new CliError(
      'REFUSED',
      code === 'ENOENT' && stderr === ''
        ? 'ssh-keygen isn’t installed or not on PATH; it comes with OpenSSH (Debian: openssh-client). Nothing was signed.'
        : `ssh-keygen could not sign with ${keyFile}: ${said}`,
      error,
    );
  } finally {
    forget();
    await rm(directory, { recursive: true, force: true });
  }
}
