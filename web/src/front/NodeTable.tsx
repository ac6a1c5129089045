import type { NodeState } from '#protocol';
import { count } from '../ui/format.js';
import { TEXTS } from './texts.js';

const T = TEXTS.fleet;
const KINDS = ['driver', 'rider', 'dispatch'] as const;

/** Gateways by who is connected to them; processors hold no connections and tell what they do instead. */
export const NodeTable = ({ nodes }: { nodes: NodeState[] }) => (
  <table className="nodes">
    <caption className="sr-only">{T.nodes}</caption>
    <thead>
      <tr>
        <th scope="col">{T.node}</th>
        {KINDS.map((kind) => (
          <th key={kind} scope="col">
            {T[kind]}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {nodes.map(({ node, role, connections, fixesPerS, lag }) => (
        <tr key={node} className={role}>
          <th scope="row">{node}</th>
          {role === 'processor' ? (
            <td colSpan={KINDS.length}>{T.processing(count(fixesPerS), count(lag))}</td>
          ) : (
            KINDS.map((kind) => <td key={kind}>{count(connections[kind])}</td>)
          )}
        </tr>
      ))}
    </tbody>
  </table>
);
