import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { programArguments } from '../../scripts/processes/program.ts';
import { startNodeService } from './node-service.ts';
import type { StackPaths } from './paths.ts';
import { choosePort, startOnPort, type PortWish } from './ports.ts';
import { stopRecordedProcess } from './process/supervise.ts';
import type { RunningService } from './service.ts';

/**
 * Starts the RFC 3161 timestamp authority. Its configuration holds the port: `writeConfiguration` gets it and answers
 * with the file.
 */
export async function startTsa(
  paths: StackPaths,
  writeConfiguration: (port: number) => string | Promise<string>,
): Promise<RunningService> {
  return startOnPort(paths, 'tsa', async (port) => {
    const configuration = await writeConfiguration(port);
    const health = () => accepts(port);
    const running = await startNodeService(paths, {
      name: 'tsa',
      args: [...programArguments('timestamp-authority'), '--config', configuration],
      health,
    });
    const url = `http://127.0.0.1:${port}/`;
    return { name: 'tsa', pid: running.pid, url, port, health, stop: () => running.stop() };
  });
}

/** Starts the revocation authority, which listens nowhere: it says in its log when it is ready. */
export async function startRevocationAuthority(
  paths: StackPaths,
  configurationFile: string,
): Promise<Omit<RunningService, 'url' | 'port'>> {
  const running = await startNodeService(paths, {
    name: 'authority',
    args: [...programArguments('revocation-authority'), '--config', configurationFile],
    health: ({ logFile }) =>
      Promise.resolve(readFileSync(logFile, 'utf8').includes('the revocation authority is ready')),
  });
  return {
    name: 'authority',
    pid: running.pid,
    health: () => Promise.resolve(!running.ended()),
    stop: () => running.stop(),
  };
}

/** Starts the program that signs audit exports, which listens nowhere: it says in its log when it is ready. */
export async function startAuditSigner(
  paths: StackPaths,
  configurationFile: string,
): Promise<Omit<RunningService, 'url' | 'port'>> {
  const running = await startNodeService(paths, {
    name: 'audit',
    args: [...programArguments('audit'), '--config', configurationFile, '--every', '2'],
    health: ({ logFile }) => Promise.resolve(readFileSync(logFile, 'utf8').includes('ready to sign')),
  });
  return {
    name: 'audit',
    pid: running.pid,
    health: () => Promise.resolve(!running.ended()),
    stop: () => running.stop(),
  };
}

/** Certificates can't be changed: once there are some, the responder has to use the address in them. */
const responderWish = ({ keys }: Pick<StackPaths, 'keys'>): PortWish =>
  existsSync(join(keys, 'registry.json')) ? { named: 'the certificates of this foundation' } : {};

/** The responder's address. Rejects with PORT_TAKEN where certificates name a port that somebody else holds. */
export async function expectedResponderUrl(
  paths: Pick<StackPaths, 'ports' | 'pids' | 'keys'>,
): Promise<string> {
  await stopRecordedProcess(join(paths.pids, 'responder.json'));
  return `http://127.0.0.1:${await choosePort(paths.ports, 'responder', responderWish(paths))}`;
}

/** Starts the server of lists and status answers. Its configuration holds the port, as the timestamp authority's does. */
export async function startResponder(
  paths: StackPaths,
  writeConfiguration: (port: number) => string | Promise<string>,
): Promise<RunningService> {
  return startOnPort(
    paths,
    'responder',
    async (port) => {
      const configuration = await writeConfiguration(port);
      const health = () => accepts(port);
      const running = await startNodeService(paths, {
        name: 'responder',
        args: [...programArguments('responder'), '--config', configuration],
        health,
      });
      const url = `http://127.0.0.1:${port}/`;
      return { name: 'responder', pid: running.pid, url, port, health, stop: () => running.stop() };
    },
    responderWish(paths),
  );
}

/** Starts a signer daemon, which listens nowhere: it says in its log when it is ready. A second one has a name of its own. */
export async function startSigner(
  paths: StackPaths,
  configurationFile: string,
  name = 'signer',
  env: Readonly<Record<string, string>> = {},
): Promise<Omit<RunningService, 'url' | 'port'>> {
  const running = await startNodeService(paths, {
    name,
    args: [...programArguments('daemon'), '--config', configurationFile],
    env,
    health: ({ logFile }) => Promise.resolve(readFileSync(logFile, 'utf8').includes('the signer is ready')),
  });
  return {
    name,
    pid: running.pid,
    health: () => Promise.resolve(!running.ended()),
    stop: () => running.stop(),
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('timeout', () => {
      end(false);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
