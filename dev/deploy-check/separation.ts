/** Which user reads and writes what, tried as those users. */
import { spawnSync } from 'node:child_process';
import { StackError } from '../stack/error.ts';
import { credentials, state } from './ground.ts';

const users = {
  portal: 'countersign-portal',
  signer: 'countersign-signer',
  tsa: 'countersign-tsa',
  authority: 'countersign-authority',
  responder: 'countersign-responder',
  stranger: 'nobody',
} as const;
type User = keyof typeof users;

/** As a login of that user would have them: all its groups. */
function can(user: User, command: string): boolean {
  const args = ['-u', users[user], '--', 'sh', '-c', `${command} >/dev/null 2>&1`];
  return spawnSync('runuser', args, { cwd: '/' }).status === 0;
}

const readsAll = (folder: string): string =>
  `test -n "$(find ${folder} -type f | head -1)" && find ${folder} -type f -exec cat {} +`;
const writes = (folder: string): string => `touch ${folder}/.tried && rm ${folder}/.tried`;

/** Command → who alone may do it. */
const rights: readonly (readonly [command: string, who: readonly User[]])[] = [
  [readsAll(`${state}/released`), ['portal', 'signer']],
  [writes(`${state}/released`), ['signer']],
  [readsAll(`${state}/artifacts`), ['portal', 'signer']],
  [writes(`${state}/artifacts`), ['portal']],
  [`cat ${state}/register/revocations.json`, ['signer', 'authority']],
  [writes(`${state}/register`), ['signer']],
  [writes(`${state}/pki`), ['authority']],
  [writes(`${state}/keys`), []],
  [`ls ${state}/keys/wrapped`, ['signer']],
  [`ls ${state}/portal`, ['portal']],
  [`ls ${state}/signer`, ['signer']],
  [`ls ${state}/tsa`, ['tsa']],
  [`ls ${state}/authority`, ['authority']],
  [`test -w /run/countersign-answers/socket`, ['authority', 'responder']],
  [`ls ${credentials}`, []],
  [writes('/opt/countersign/current'), []],
];

export function checkSeparation(): Promise<void> {
  const wrong = rights.flatMap(([command, who]) =>
    (Object.keys(users) as User[])
      .filter((user) => can(user, command) !== who.includes(user))
      .map((user) => `${users[user]} ${who.includes(user) ? 'can’t' : 'can'}: ${command}`),
  );
  if (wrong.length > 0) throw new StackError('BAD_STATE', wrong.join('\n'));
  return Promise.resolve();
}
