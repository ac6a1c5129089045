import { expect, it } from 'vitest';
import type { NodeState, RegionEvent } from '#sdk';
import { distanceText } from '../../../shared/ui/format.js';
import { type Alert, groupsOf, nodeAlerts } from './alerts.js';
import { alertText, eventText, groupText } from './texts.js';

const alert = (kind: Alert['kind'], id: string): Alert => ({
  id,
  kind,
  tripId: null,
  driverId: id,
  at: 0,
  mark: null,
});

it('groups alerts of one kind once there are many', () => {
  const silent = ['a', 'b', 'c', 'd', 'e'].map((id) => alert('driver_silent', id));
  const groups = groupsOf([alert('no_go', 'z'), ...silent]);
  expect(groups).toMatchObject([
    { kind: 'no_go', isMany: false },
    { kind: 'driver_silent', isMany: true, alerts: { length: 5 } },
  ]);
  expect(groupText(groups[1]!)).toBe('5 drivers have no signal during a trip');
});

it('raises an alert for a node that disappeared', () => {
  const up = [{ node: 'gateway-2' } as NodeState];
  const alerts = nodeAlerts(new Set(['gateway-1', 'gateway-2']), up, 1_000);
  expect(alerts).toMatchObject([{ kind: 'node_gone', node: 'gateway-1' }]);
  expect(alertText(alerts[0]!)).toBe('gateway-1 is down');
});

it('puts events and alerts in words', () => {
  const device = { kind: 'second_device', tripId: null, driverId: 'd', at: 1_000 };
  const event = (payload: object) => ({ id: '1-1', event: 'alert', payload }) as RegionEvent;
  expect(eventText(event(device))).toBe('d went online on a second device');
  expect(alertText(alert('second_device', 'd'))).toBe(
    'd is signed in on two devices. Only the newer one is followed.',
  );
  const step = { kind: 'far_step', tripId: 't', driverId: 'd', step: 'completed', awayM: 21_000, at: 1_000 };
  expect(eventText(event(step))).toBe(`d completed a trip ${distanceText(21_000)} from the destination`);
  const incident = { kind: 'threat', text: 'help', by: { role: 'rider', userId: 'r' } } as const;
  expect(alertText({ ...alert('incident', 'i'), incident })).toBe('Threat reported by r: help');
});
