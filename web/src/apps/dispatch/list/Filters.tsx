import { useStore } from '@nanostores/react';
import { Search } from 'lucide-react';
import { count } from '../../../shared/ui/format.js';
import { type Order, type Scope, VEHICLE_STATES, type VehicleState, WORKING_STATES } from '../fleet-store.js';
import type { BoardSession } from '../session.js';
import { STATE_NAMES, TEXTS } from '../texts.js';
import { $columns, COLUMNS, toggleColumn } from './columns.js';
import { downloadVehicles } from './csv.js';
import { StatusMark } from './StatusMark.js';

const ORDERS: Order[] = ['id', 'state', 'age'];
const SCOPES: Scope[] = ['view', 'all'];
const UNKNOWN = '–';

/** Search, scope, status, order and columns of the list. */
export function Filters({ session }: { session: BoardSession }) {
  const { fleet } = session;
  const filter = useStore(fleet.$filter);
  const order = useStore(fleet.$order);
  const scope = useStore(fleet.$scope);
  const columns = useStore($columns);
  const { counts, problem } = useStore(fleet.$shown);
  const isReplay = useStore(session.$replay) !== null;
  const number = (value: number, isKnown = true) => (problem === null && isKnown ? count(value) : UNKNOWN);
  const toggle = (name: VehicleState) => {
    const states = new Set(filter.states);
    if (!states.delete(name)) states.add(name);
    fleet.$filter.set({ ...filter, states });
  };
  return (
    <div className="fleet-filters">
      <label className="fleet-search">
        <Search size={16} aria-hidden />
        <span className="sr-only">{TEXTS.search}</span>
        <input
          type="search"
          aria-keyshortcuts="/"
          placeholder={TEXTS.search}
          value={filter.text}
          onChange={({ target }) => fleet.$filter.set({ ...filter, text: target.value })}
        />
      </label>
      <fieldset className="segments">
        <legend className="sr-only">{TEXTS.scope}</legend>
        {SCOPES.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="scope"
              checked={name === scope}
              onChange={() => fleet.$scope.set(name)}
            />
            <span className="segment">{TEXTS.scopes[name]}</span>
          </label>
        ))}
      </fieldset>
      <fieldset className="fleet-chips">
        <legend className="sr-only">{TEXTS.statuses}</legend>
        {(scope === 'all' && !isReplay ? VEHICLE_STATES : WORKING_STATES).map((name) => (
          <button
            key={name}
            type="button"
            className="filter-chip"
            aria-pressed={filter.states.has(name)}
            onClick={() => toggle(name)}
          >
            <StatusMark state={name} />
            <span>{STATE_NAMES[name]}</span>{' '}
            <span className="figure">{number(counts[name], !isReplay || name === 'on_trip')}</span>
          </button>
        ))}
        <button
          type="button"
          className="filter-chip"
          aria-pressed={filter.staleOnly}
          onClick={() => fleet.$filter.set({ ...filter, staleOnly: !filter.staleOnly })}
        >
          {TEXTS.stale} <span className="figure">{number(counts.stale)}</span>
        </button>
      </fieldset>
      <div className="fleet-order">
        <label>
          {TEXTS.order}{' '}
          <select value={order} onChange={({ target }) => fleet.$order.set(target.value as Order)}>
            {ORDERS.map((name) => (
              <option key={name} value={name}>
                {TEXTS.orders[name]}
              </option>
            ))}
          </select>
        </label>
        <details className="fleet-columns">
          <summary>{TEXTS.columns}</summary>
          <div className="panel">
            {COLUMNS.map((column) => (
              <label key={column}>
                <input
                  type="checkbox"
                  checked={columns.includes(column)}
                  onChange={() => toggleColumn(column)}
                />
                <span>{TEXTS.columnNames[column]}</span>
              </label>
            ))}
          </div>
        </details>
        <button type="button" className="link" onClick={() => void downloadVehicles(session)}>
          {TEXTS.csv}
        </button>
      </div>
    </div>
  );
}
