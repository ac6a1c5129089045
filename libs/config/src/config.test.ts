import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, loadProcessConfig, requireGatewayKeys, variableNames } from './config.js';

describe('the environment', () => {
  test('has defaults and is read into one frozen object', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 3_000,
      gateways: 2,
      processors: 1,
      vehicles: 300,
      silentMs: 30_000,
      supportAccess: false,
    });
    expect(config.redisUrl).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
    expect(loadConfig({ PORT: '' }).port).toBe(3_000);
  });

  test.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['HEXFLEET_VEHICLES', '-1'],
    ['HEXFLEET_GATEWAYS', '0'],
    ['HEXFLEET_TRACK_HOURS', '0'],
    ['HEXFLEET_TRACK_HOURS', '169'],
    ['HEXFLEET_TRACK_HOURS', '1.5'],
    ['HEXFLEET_REDIS_URL', 'http://localhost'],
    ['HEXFLEET_REDIS_URL', 'redis://a:1,nonsense'],
    ['HEXFLEET_REDIS_URL', 'redis+sentinel://a:1'],
    ['HEXFLEET_PREFIX', '{a}'],
    ['HEXFLEET_PREFIX', ':a'],
    ['HEXFLEET_PREFIX', 'a*'],
    ['HEXFLEET_REDIS_WAIT_REPLICAS', '-1'],
    ['HEXFLEET_JWT_SECRET', 'short'],
    ['HEXFLEET_PSEUDONYM_KEY', 'short'],
    ['HEXFLEET_DEMO', 'yes'],
    ['HEXFLEET_HOST', 'localhost:3000'],
    ['HEXFLEET_DEMO_HOSTS', 'http://demo.example'],
    ['HEXFLEET_CORS_ORIGINS', '*'],
    ['HEXFLEET_CORS_ORIGINS', 'https://a.example/'],
    ['HEXFLEET_CORS_ORIGINS', 'a.example'],
    ['HEXFLEET_SUPPORT_ACCESS', 'true'],
    ['HEXFLEET_OSRM_URL', 'localhost:5000'],
    ['HEXFLEET_MAP_STYLE', 'positron'],
    ['HEXFLEET_MAP_STYLE', 'https://a/light,https://a/dark,https://a/third'],
    ['HEXFLEET_MAPBOX_TOKEN', 'sk.secret'],
  ])('%s=%s is refused with the name of the variable', (variable, value) => {
    expect(() => loadConfig({ [variable]: value })).toThrow(ConfigError);
    expect(() => loadConfig({ [variable]: value })).toThrow(new RegExp(`^${variable}=`));
  });

  test.each([
    ['HEXFLEET_JWT_SECRET', 'hunter2'],
    ['HEXFLEET_PSEUDONYM_KEY', 'hunter2'],
    ['HEXFLEET_MAPBOX_TOKEN', 'sk.hunter2'],
    ['HEXFLEET_REDIS_URL', 'http://u:hunter2@localhost'],
    ['HEXFLEET_REDIS_URL', 'redis://u:hunter2/x@localhost'],
    ['HEXFLEET_REDIS_URL', 'redis://u:hunter2,x@localhost'],
    ['HEXFLEET_REDIS_URL', 'redis://ok:1,redis://u:hunter2@b:port'],
    ['HEXFLEET_REDIS_URL', 'u:hunter2@localhost:6379'],
    ['HEXFLEET_REDIS_URL', 'redis+sentinel://u:hunter2@a:1,b:1'],
    ['HEXFLEET_REDIS_URL', 'redis+sentinel://a:1,b:1?sentinelPassword=hunter2'],
    ['HEXFLEET_OSRM_URL', 'ftp://u:hunter2@localhost'],
    ['HEXFLEET_MAP_STYLE', 'ftp://tiles.example/style?key=hunter2'],
  ])('a secret in an invalid %s is not shown (%s)', (variable, value) => {
    let message = '';
    try {
      loadConfig({ [variable]: value });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(variable);
    expect(message).not.toContain('hunter2');
  });

  test('listens on the loopback address by default', () => {
    expect(loadConfig({}).host).toBe('127.0.0.1');
    expect(loadConfig({ HEXFLEET_HOST: '::1' }).host).toBe('::1');
  });

  test('has a list of origins, which is empty by default', () => {
    expect(loadConfig({}).corsOrigins).toEqual([]);
    const origins = ['https://a.example', 'http://[::1]:8080', 'capacitor://localhost', 'null'];
    expect(loadConfig({ HEXFLEET_CORS_ORIGINS: origins.join(' , ') }).corsOrigins).toEqual(origins);
  });

  test('distinguishes a demo that is switched off from one that is unset', () => {
    expect(loadConfig({}).demo).toBeUndefined();
    expect(loadConfig({ HEXFLEET_DEMO: '' }).demo).toBeUndefined();
    expect(loadConfig({ HEXFLEET_DEMO: '0' }).demo).toBe(false);
    expect(loadConfig({ HEXFLEET_DEMO: '1' }).demo).toBe(true);
    expect(loadConfig({ HEXFLEET_DEMO_HOSTS: 'Demo.example, [::2]' }).demoHosts).toEqual([
      'demo.example',
      '[::2]',
    ]);
  });

  test('must name Redis for a gateway or processor, and a secret for a gateway', () => {
    expect(() => loadProcessConfig({})).toThrow('HEXFLEET_REDIS_URL is not set');
    const config = loadProcessConfig({ HEXFLEET_REDIS_URL: 'redis://a:1,redis://b:1' });
    expect(() => requireGatewayKeys(config)).toThrow('HEXFLEET_JWT_SECRET is not set');
  });

  test('must have the secrets of notifications for a gateway, not for a processor', () => {
    const load = (more: Record<string, string>) =>
      loadProcessConfig({ HEXFLEET_REDIS_URL: 'redis://a:1', HEXFLEET_JWT_SECRET: 'x'.repeat(32), ...more });
    const webhook = load({ HEXFLEET_NOTIFY_URL: 'https://notify.example' });
    expect(() => requireGatewayKeys(webhook)).toThrow('HEXFLEET_NOTIFY_SECRET');
    const push = load({ HEXFLEET_VAPID_PUBLIC_KEY: 'B'.repeat(87) });
    expect(() => requireGatewayKeys(push)).toThrow('HEXFLEET_VAPID_PRIVATE_KEY');
    expect(() => requireGatewayKeys(load({}))).not.toThrow();
  });

  test('is documented: every variable is in docs/configuration.md', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    for (const variable of variableNames) expect(page).toContain(`\`${variable}\``);
  });
});
