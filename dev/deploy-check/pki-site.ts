/** The site of nginx for lists and status answers, as deploy/nginx has it but for ports and folders. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const site = join(import.meta.dirname, '..', '..', 'deploy', 'nginx', 'countersign.conf');

export interface PkiSite {
  /** Without a final slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `responder`: host and port of the responder behind it. `folder`: for nginx’s own files. */
export async function startPkiSite(input: {
  readonly folder: string;
  readonly publication: string;
  readonly responder: string;
}): Promise<PkiSite> {
  const { folder, publication, responder } = input;
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const server = readFileSync(site, 'utf8')
    .split(/^(?=server \{)/m)
    .find((block) => block.includes('server_name pki.example.org'));
  if (server === undefined) throw new Error(`${site} has no site pki.example.org`);
  const text = server
    .replaceAll(/^ *listen \[::\]:.*$/gm, '')
    .replaceAll('listen 80;', `listen 127.0.0.1:${port};`)
    .replaceAll('/var/lib/countersign/pki', publication)
    .replaceAll('127.0.0.1:8080', responder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const whole = join(folder, 'nginx.conf');
  writeFileSync(
    whole,
    `pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1; daemon off;\n` +
      `${process.getuid?.() === 0 ? 'user root;\n' : ''}events {}\nhttp { access_log off; ${temporary.join(' ')}\n${text}}\n`,
  );
  const child = spawn('nginx', ['-c', whole], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; !(await answers(url)); attempt++) {
    if (attempt > 100 || child.exitCode !== null) throw new Error('nginx doesn’t answer');
    await sleep(100);
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/foundation-issuing.crl`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
