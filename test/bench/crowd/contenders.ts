import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { regionAt } from '#geo/cells';
import { eventually } from '../../fixtures/eventually.js';
import { freePort } from '../../fixtures/ports.js';
import { rest } from '../../fixtures/rest.js';
import { type Service, startService, startSystem, stopService } from '../../fixtures/system.js';
import type { CrowdPlan } from './crowd-client.js';

/** An installation of two nodes, to which a crowd connects. */
export type CrowdContender = {
  pids: number[];
  plan(sockets: number): Promise<CrowdPlan>;
  /** sends one event to all sockets */
  publish(): Promise<void>;
  stop(): Promise<void>;
};
/** @param env settings of Hexfleet */
export type StartCrowdContender = (env?: Record<string, string>) => Promise<CrowdContender>;

export const PLACE = { lat: 40.75, lng: -73.98 };
export const ENGINE_IO = '/socket.io/?EIO=4&transport=websocket';
/** The same text everywhere, so that the frames have about the same size. */
export const TEXT = 'The bridge is closed. Drivers turn at the river, riders meet their cars at the station.';
const ALERT_MS = 600_000;

/** Riders who watch the cars at one place, to whom a dispatcher sends alerts. */
export async function startHexfleetCrowd(env: Record<string, string> = {}): Promise<CrowdContender> {
  const system = await startSystem({ env: { HEXFLEET_TICK_MS: '1000', ...env } });
  let sent = 0;
  return {
    pids: [...system.gateways.map(({ pid }) => pid), system.processors[0]!.process.pid!, system.redis.pid()],
    plan: async (sockets) => {
      const area = JSON.stringify({ ...PLACE, radiusM: 500 });
      const dialogues = [];
      for (let i = 0; i < sockets; i += 1) {
        const token = await system.token('rider', `crowd-${i}`);
        dialogues.push([
          { after: '0{', send: `40/rider,${JSON.stringify({ token })}` },
          { after: '"hello"', send: `42/rider,0["nearby:watch",${area}]` },
        ]);
      }
      const urls = system.gateways.map(({ url }) => url);
      return { urls, path: ENGINE_IO, dialogues, ready: '43/rider,0', marks: ['"area:alert"'] };
    },
    publish: async () => {
      // Each sender may send sixty an hour.
      const token = await system.token('service', `crowd-${Math.floor(sent++ / 50)}`);
      const alert = {
        region: regionAt(PLACE),
        audience: ['riders'],
        text: TEXT,
        expiresAt: Date.now() + ALERT_MS,
      };
      const { status, body } = await rest(`${system.gateways[0]!.url}/api/alerts`, 'POST', token, alert);
      if (status !== 201) throw new Error(JSON.stringify(body));
    },
    stop: () => system.stop(),
  };
}

/** Two processes of a bare server, each of which sends to its own sockets on a message. */
async function startBareCrowd(kind: 'socket.io' | 'ws'): Promise<CrowdContender> {
  const start = async (): Promise<Service> =>
    startService('test/bench/baselines/crowd.js', { KIND: kind, PORT: String(await freePort()), TEXT });
  const services = [await start(), await start()];
  const isSocketIo = kind === 'socket.io';
  return {
    pids: services.map(({ process }) => process.pid!),
    plan: async (sockets) => ({
      urls: services.map(({ ready }) => ready.url),
      path: isSocketIo ? ENGINE_IO : '/',
      dialogues: Array.from({ length: sockets }, () => (isSocketIo ? [{ after: '0{', send: '40' }] : [])),
      ready: isSocketIo ? '40{' : null,
      marks: ['area:alert'],
    }),
    publish: async () => {
      for (const { process } of services) process.send!({ type: 'publish' });
    },
    stop: async () => {
      await Promise.all(services.map(stopService));
    },
  };
}

/** Path of nginx's module for publishing; the environment can name another one. */
const NCHAN = process.env.HEXFLEET_BENCH_NCHAN ?? '/usr/lib/nginx/modules/ngx_nchan_module.so';

const nchanConfig = (ports: number[], dir: string) => `
load_module ${NCHAN};
daemon off;
worker_processes 2;
worker_rlimit_nofile 65536;
pid ${dir}/nginx.pid;
error_log stderr crit;
events { worker_connections 30000; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port} reuseport;`).join('\n    ')}
    location = /pub { nchan_publisher; nchan_channel_id crowd; nchan_message_buffer_length 1; }
    location = /sub { nchan_subscriber websocket; nchan_channel_id crowd; nchan_subscriber_first_message newest; }
  }
}`;

async function startNchanCrowd(): Promise<CrowdContender> {
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-nchan-'));
  const port = await freePort();
  const file = join(dir, 'nginx.conf');
  await writeFile(file, nchanConfig([port], dir));
  const child = spawn('/usr/sbin/nginx', ['-p', dir, '-c', file, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(() =>
    fetch(`${url}/pub`).then(
      () => true,
      () => false,
    ),
  );
  const workers = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ');
  return {
    pids: workers.map(Number),
    plan: async (sockets) => ({
      urls: [url],
      path: '/sub',
      dialogues: Array.from({ length: sockets }, () => []),
      ready: null,
      marks: ['area:alert'],
    }),
    publish: async () => {
      const body = JSON.stringify(['area:alert', { text: TEXT, at: Date.now() }]);
      await fetch(`${url}/pub`, { method: 'POST', body });
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Services that send one event to a crowd; nchan only where it is installed. */
export const CROWD_CONTENDERS: Record<string, StartCrowdContender> = {
  hexfleet: startHexfleetCrowd,
  'socket.io': () => startBareCrowd('socket.io'),
  ws: () => startBareCrowd('ws'),
  ...(existsSync(NCHAN) ? { nchan: startNchanCrowd } : {}),
};
