import type { AuditEntry } from '#sdk';
import { codeText } from '../error-texts.js';
import { TRIP_STATE_NAMES } from '../texts.js';
import { AUDIT_VALUES, TEXTS } from './texts.js';

/** Returns the text of an audit entry in words: values of the service are translated, texts of people stay as they are. */
export function auditText(action: AuditEntry['action'], text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (action === 'token:refused') return codeText(text);
  if (action.startsWith('zones:')) return zonesText(text);
  const values: Readonly<Record<string, string>> =
    action === 'trip:change' ? TRIP_STATE_NAMES : (AUDIT_VALUES[action as keyof typeof AUDIT_VALUES] ?? {});
  return Object.hasOwn(values, text) ? values[text] : text;
}

/** Returns the text of an action on zones without the id of their region, which names no place. */
function zonesText(text: string): string {
  const about = text.replace(/^[0-9a-f]{15}: /, '').replace(/^the draft: /, '');
  const [, imported] = /^(\d+) zones$/.exec(about) ?? [];
  if (imported !== undefined) return TEXTS.imported(Number(imported));
  const [, version, comment] = /^version (\d+): ([\s\S]*)$/.exec(about) ?? [];
  return version === undefined ? about : TEXTS.restored(version, comment!);
}
