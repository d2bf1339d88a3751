/** `countersign stop` and `resume`: the statement is written and signed here; the portal only passes it on. */
import { StatementError, stopNamespace, stopStatement, type StopAction } from '../lib/core/approval/index.ts';
import { IdentifierError, parseProjectSlug } from '../lib/core/ids/index.ts';
import { sshSign } from './approve.ts';
import { CliError } from './error.ts';
import { handInStop, type Portal } from './portal.ts';

export interface StopInput {
  readonly portal: Portal;
  readonly action: StopAction;
  /** null: everybody's signing. */
  readonly project: string | null;
  readonly reason: string;
  /** Private key file, or a public key whose private half an SSH agent holds. */
  readonly keyFile: string;
  readonly say: (line: string) => void;
}

export async function stopSigning(input: StopInput): Promise<void> {
  const { portal, action, keyFile, say } = input;
  const text = write(input);
  await handInStop(portal, text, await sshSign(keyFile, text, stopNamespace));
  const whose = input.project === null ? 'everybody’s signing' : `signing for ${input.project}`;
  say(action === 'stop' ? `${whose} stops within seconds` : `${whose} goes on within seconds`);
  say(new URL('/emergency-stop', portal.url).href);
}

function write({ action, project, reason }: StopInput): string {
  try {
    const at = new Date().toISOString();
    return stopStatement({
      action,
      project: project === null ? null : parseProjectSlug(project),
      reason,
      at,
    });
  } catch (error) {
    if (error instanceof StatementError || error instanceof IdentifierError)
      throw new CliError('USAGE', error.message, error);
    throw error;
  }
}
