// Grafana dashboards: panels in rows of three, each with a title, a unit of Grafana, and its queries by legend.

const rate = (metric, by, filter = '') => `sum by (${by}) (rate(${metric}${filter}[1m]))`;
const quantile = (q, metric, by = 'le', filter = '') =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${metric}_bucket${filter}[1m])))`;
const p50AndP99 = (metric) => ({ p50: quantile(0.5, metric), p99: quantile(0.99, metric) });

export const DASHBOARDS = {
  fleet: {
    title: 'Fleet',
    panels: [
      ['Fixes stored a second', 'ops', { stored: 'sum(rate(hexfleet_fixes_taken_total[1m]))' }],
      ['Fixes refused a second', 'ops', { '{{code}}': rate('hexfleet_fixes_refused_total', 'code') }],
      ['Decisions a second', 'ops', { '{{outcome}}': rate('hexfleet_fixes_decided_total', 'outcome') }],
      ['From receipt to broadcast', 's', p50AndP99('hexfleet_fix_delay_seconds')],
      ['From receipt to ack', 's', p50AndP99('hexfleet_ack_seconds')],
      ['Age of the oldest unprocessed fix', 's', { oldest: 'max(hexfleet_stream_oldest_entry_seconds)' }],
      ['Connected clients', 'short', { '{{namespace}}': 'sum by (namespace) (hexfleet_connections)' }],
      ['Drivers swept a second', 'ops', { swept: 'sum(rate(hexfleet_drivers_swept_total[1m]))' }],
      ['Processes', 'short', { '{{role}}': 'max by (role) (hexfleet_nodes)' }],
      ['Positions delayed, seen by', 'short', { '{{node}}': 'hexfleet_degraded' }],
    ],
  },
  gateways: {
    title: 'Gateways',
    panels: [
      ['Connections', 'short', { '{{node}} {{namespace}}': 'hexfleet_connections' }],
      ['Users', 'short', { '{{node}}': 'hexfleet_users' }],
      ['Handshakes a second', 'ops', { '{{code}}': rate('hexfleet_handshakes_total', 'code') }],
      [
        'Disconnects a second',
        'ops',
        { '{{reason}} {{transport}}': rate('hexfleet_disconnects_total', 'reason, transport') },
      ],
      [
        'REST requests a second',
        'ops',
        { '{{status}}': rate('hexfleet_http_request_seconds_count', 'status') },
      ],
      [
        'Slowest routes, p95',
        's',
        {
          '{{method}} {{route}}': `topk(10, ${quantile(0.95, 'hexfleet_http_request_seconds', 'method, route, le')})`,
        },
      ],
      [
        'Slow readers a second',
        'ops',
        { '{{node}} {{transport}}': rate('hexfleet_slow_readers_total', 'node, transport') },
      ],
      [
        'Asked to move a second',
        'ops',
        { '{{node}} {{reason}}': rate('hexfleet_clients_asked_to_move_total', 'node, reason') },
      ],
      ['Draining', 'short', { '{{node}}': 'hexfleet_draining' }],
      ['Deaf', 'short', { '{{node}}': 'hexfleet_deaf' }],
      [
        'Messages of other nodes a second',
        'ops',
        { '{{room}}': rate('hexfleet_room_messages_received_total', 'room') },
      ],
      [
        'Event loop late, p99',
        's',
        { '{{node}}': 'nodejs_eventloop_lag_p99_seconds{job="hexfleet-gateway"}' },
      ],
      ['CPU', 'percentunit', { '{{node}}': 'rate(process_cpu_seconds_total{job="hexfleet-gateway"}[1m])' }],
      ['Memory', 'bytes', { '{{node}}': 'process_resident_memory_bytes{job="hexfleet-gateway"}' }],
    ],
  },
  processors: {
    title: 'Processors',
    panels: [
      ['Partitions read by', 'short', { '{{node}}': 'hexfleet_partitions_read' }],
      ['Partitions without a reader', 'short', { partitions: 'max(hexfleet_partitions_without_reader)' }],
      ['Backlog', 'short', { entries: 'max(hexfleet_stream_backlog_entries)' }],
      ['Age of the oldest unprocessed fix', 's', { oldest: 'max(hexfleet_stream_oldest_entry_seconds)' }],
      ['Fixes a second', 'ops', { '{{node}}': rate('hexfleet_fixes_decided_total', 'node') }],
      ['Write conflicts a second', 'ops', { '{{node}}': rate('hexfleet_write_conflicts_total', 'node') }],
      [
        'Events quarantined in 10 minutes',
        'short',
        { '{{node}}': 'increase(hexfleet_events_quarantined_total[10m])' },
      ],
      [
        'Zone crossings a second',
        'ops',
        { '{{event}} {{kind}}': rate('hexfleet_zone_crossings_total', 'event, kind') },
      ],
      [
        'Event loop late, p99',
        's',
        { '{{node}}': 'nodejs_eventloop_lag_p99_seconds{job="hexfleet-processor"}' },
      ],
      ['CPU', 'percentunit', { '{{node}}': 'rate(process_cpu_seconds_total{job="hexfleet-processor"}[1m])' }],
      ['Memory', 'bytes', { '{{node}}': 'process_resident_memory_bytes{job="hexfleet-processor"}' }],
    ],
  },
  redis: {
    title: 'Redis',
    panels: [
      ['Connected', 'short', { '{{node}} {{connection}}': 'hexfleet_redis_connected' }],
      [
        'Commands a second',
        'ops',
        { '{{command}}': `topk(15, ${rate('hexfleet_redis_commands_total', 'command')})` },
      ],
      ['Time to write a key', 's', p50AndP99('hexfleet_redis_probe_seconds')],
      ['Errors a second', 'ops', { '{{node}}': rate('hexfleet_store_errors_total', 'node') }],
      [
        'Memory',
        'bytes',
        { '{{instance}} used': 'redis_memory_used_bytes', '{{instance}} limit': 'redis_memory_max_bytes' },
      ],
      [
        'CPU',
        'percentunit',
        { '{{instance}}': 'rate(redis_cpu_sys_seconds_total[1m]) + rate(redis_cpu_user_seconds_total[1m])' },
      ],
      ['Clients', 'short', { '{{instance}}': 'redis_connected_clients' }],
      ['Hours of tracks dropped', 'short', { '{{node}}': 'increase(hexfleet_tracks_dropped_total[1h])' }],
      ['Clock ahead of Redis', 's', { '{{node}}': 'hexfleet_clock_offset_seconds' }],
    ],
  },
  trips: {
    title: 'Trips',
    panels: [
      ['Open trips', 'short', { '{{state}}': 'max by (state) (hexfleet_open_trips)' }],
      [
        'Ended an hour',
        'short',
        { '{{outcome}}': 'sum by (outcome) (increase(hexfleet_trips_ended_total[1h]))' },
      ],
      ['Time to match', 's', p50AndP99('hexfleet_trip_match_seconds')],
      [
        'Offers ended an hour',
        'short',
        { '{{outcome}}': 'sum by (outcome) (increase(hexfleet_offers_ended_total[1h]))' },
      ],
      [
        'Share of offers that expire',
        'percentunit',
        {
          expired:
            'sum(increase(hexfleet_offers_ended_total{outcome="expired"}[15m])) / sum(increase(hexfleet_offers_ended_total[15m]))',
        },
      ],
      ['Feed entries a second', 'ops', { '{{event}}': rate('hexfleet_feed_entries_total', 'event') }],
      [
        'Chat messages a minute',
        'short',
        { '{{from}}': '60 * sum by (from) (rate(hexfleet_chat_messages_total[5m]))' },
      ],
      ['Router failures a second', 'ops', { '{{node}}': rate('hexfleet_router_failures_total', 'node') }],
    ],
  },
};

const WIDTH = 8;
const HEIGHT = 7;
const COLUMNS = 3;

const panelOf = ([title, unit, queries], i) => ({
  id: i + 1,
  type: 'timeseries',
  title,
  datasource: { type: 'prometheus', uid: 'prometheus' },
  gridPos: { h: HEIGHT, w: WIDTH, x: (i % COLUMNS) * WIDTH, y: Math.floor(i / COLUMNS) * HEIGHT },
  fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
  options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
    refId: String.fromCharCode(65 + target),
    expr,
    legendFormat,
  })),
});

/** Returns a dashboard as Grafana imports it. */
export const dashboardOf = (name) => ({
  uid: `hexfleet-${name}`,
  title: `Hexfleet: ${DASHBOARDS[name].title.toLowerCase()}`,
  tags: ['hexfleet'],
  schemaVersion: 39,
  editable: true,
  refresh: '10s',
  time: { from: 'now-1h', to: 'now' },
  links: [{ type: 'dashboards', title: 'Hexfleet', tags: ['hexfleet'], asDropdown: true }],
  panels: DASHBOARDS[name].panels.map(panelOf),
});
