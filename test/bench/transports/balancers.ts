import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../fixtures/eventually.js';
import { freePort } from '../../fixtures/ports.js';

/** Load balancer in front of one gateway. */
export type Balancer = { url: string; pids: number[]; stop(): Promise<void> };

const MAX_CONNECTIONS = 8_192;

/** Carries WebSocket, polling and event streams. One worker, so that its CPU is that of one process. */
const nginxConfig = (port: number, target: string, dir: string) => `
daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr crit;
events { worker_connections ${2 * MAX_CONNECTIONS}; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream gateways { server ${target}; keepalive 1024; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 60s;
    }
  }
}`;

const haproxyConfig = (port: number, target: string) => `
global
  maxconn ${MAX_CONNECTIONS}
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  option http-no-delay
frontend clients
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  server gateway ${target}
`;

const PROGRAMS = {
  nginx: {
    path: '/usr/sbin/nginx',
    config: nginxConfig,
    args: (dir: string, file: string) => ['-p', dir, '-c', file, '-e', 'stderr'],
  },
  haproxy: {
    path: '/usr/sbin/haproxy',
    config: haproxyConfig,
    args: (_: string, file: string) => ['-q', '-db', '-f', file],
  },
};
export type BalancerName = keyof typeof PROGRAMS;

/** Names of the load balancers that this machine has. */
export const installedBalancers = (): BalancerName[] =>
  (Object.keys(PROGRAMS) as BalancerName[]).filter((name) => existsSync(PROGRAMS[name].path));

export async function startBalancer(name: BalancerName, url: string): Promise<Balancer> {
  const { path, config, args } = PROGRAMS[name];
  const dir = await mkdtemp(join(tmpdir(), `hexfleet-${name}-`));
  const port = await freePort();
  const file = join(dir, `${name}.conf`);
  await writeFile(file, config(port, new URL(url).host, dir));
  const child = spawn(path, args(dir, file), { stdio: ['ignore', 'ignore', 'inherit'] });
  const address = `http://127.0.0.1:${port}`;
  await eventually(() =>
    fetch(`${address}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url: address,
    pids: await processesOf(child),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Returns the process and its children: nginx works in one of these. */
async function processesOf({ pid }: ChildProcess): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid!, ...children.trim().split(' ').filter(Boolean).map(Number)];
}
