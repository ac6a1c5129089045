import { useStore } from '@nanostores/react';
import { Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import type { ZoneDraft, ZoneKind } from '#sdk';
import { wholeAge } from '../../../../shared/ui/format.js';
import { SideCard } from '../../SideCard.js';
import type { BoardSession } from '../../session.js';
import { KIND_ORDER } from '../kinds.js';
import { KIND_TEXTS } from '../rule-texts.js';
import { Swatch } from '../Swatch.js';
import { Switch } from '../Switch.js';
import type { ZonesStore } from '../zones-store.js';
import { Corners } from './Corners.js';
import { type Problem, problemsOf } from './check.js';
import type { Editing } from './editing.js';
import { useFieldText } from './field-text.js';
import { Points } from './Points.js';
import { RuleField } from './RuleField.js';
import { RULES } from './rules.js';
import { TEXTS } from './texts.js';
import './form.css';

const MAX_NAME = 80;

type Props = { session: BoardSession; store: ZonesStore; editing: Editing; zone: ZoneDraft };

/** Form of a zone of the draft. Each field is written when it is left, so that others see whole values. */
export function ZoneForm({ session, store, editing, zone }: Props) {
  const draft = useStore(editing.$draft);
  const isReadOnly = useStore(editing.$isReadOnly);
  useStore(editing.$editors);
  const { id, kind, name, lockedBy } = zone;
  const canEdit = editing.canEdit(zone);
  // Not again with each move of a pointer.
  const problems = useMemo(() => problemsOf(zone, draft), [zone, draft]);
  const others = [...new Set(editing.editorsOf(id).map((editor) => editor.name))];
  const lastEdit = editing.lastEdit(id);
  return (
    <SideCard
      className="zone-card zone-form"
      title={name}
      mark={<Swatch kind={kind} />}
      closeLabel={TEXTS.close}
      onClose={() => store.select(null)}
    >
      {/* Screen readers announce who comes only if the element existed before. */}
      <p role="status" className="zone-others">
        {others.length > 0 && <span>{TEXTS.alsoEditing(others.join(', '))}</span>}
      </p>
      {lockedBy !== null && lockedBy !== editing.userId && (
        <div className="card-warning zone-locked">
          <span>{TEXTS.lockedBy(lockedBy)}</span>
          {!isReadOnly && (
            <button type="button" title={TEXTS.breakLockHint} onClick={() => void editing.breakLock(id)}>
              {TEXTS.breakLock}
            </button>
          )}
        </div>
      )}
      <fieldset className="zone-fields" disabled={!canEdit}>
        <legend className="sr-only">{TEXTS.rules}</legend>
        <NameField name={name} onChange={(next) => editing.change(id, { name: next })} />
        <Problems problems={problems} field="name" editing={editing} />
        <div className="zone-field">
          <label htmlFor={`kind-${id}`}>{TEXTS.kind}</label>
          <select
            id={`kind-${id}`}
            value={kind}
            onChange={({ target }) => {
              const next = target.value as ZoneKind;
              editing.$kind.set(next);
              editing.change(id, { kind: next });
            }}
          >
            {KIND_ORDER.map((each) => (
              <option key={each} value={each}>
                {KIND_TEXTS[each].name}
              </option>
            ))}
          </select>
        </div>
        {RULES[kind].map((rule) => (
          <RuleField
            key={rule.name}
            rule={rule}
            value={(zone.rules as Record<string, unknown>)[rule.name]}
            onChange={(value) => editing.change(id, { rules: { [rule.name]: value } as never })}
          />
        ))}
        {kind === 'pickup_points' && (
          <>
            <Points editing={editing} zone={zone} />
            <Problems problems={problems} field="points" editing={editing} />
          </>
        )}
        <Problems problems={problems} field="border" editing={editing} />
        <Corners editing={editing} zone={zone} />
        <Switch
          label={TEXTS.lock}
          isOn={lockedBy === editing.userId}
          onChange={(isOn) => editing.setLock(id, isOn)}
        />
        <button type="button" className="button button-danger zone-delete" onClick={() => editing.remove(id)}>
          <Trash2 size={16} aria-hidden />
          <span>{TEXTS.remove_}</span>
        </button>
      </fieldset>
      {lastEdit !== undefined && (
        <p className="side-note">
          {TEXTS.lastEdit(
            lastEdit.by === editing.userId ? TEXTS.you : lastEdit.by,
            wholeAge(session.fleet.now() - lastEdit.at),
          )}
        </p>
      )}
    </SideCard>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const { text, type, done } = useFieldText(name);
  const isEmpty = text.trim() === '';
  const write = () => {
    if (!isEmpty && text.trim() !== name) onChange(text.trim());
    done();
  };
  return (
    <label className="zone-field">
      <span>{TEXTS.name}</span>
      <input
        type="text"
        maxLength={MAX_NAME}
        value={text}
        aria-invalid={isEmpty}
        onChange={({ target }) => type(target.value)}
        onBlur={write}
        onKeyDown={({ key }) => key === 'Enter' && write()}
      />
      {isEmpty && (
        <span className="zone-problem" role="alert">
          {TEXTS.emptyName}
        </span>
      )}
    </label>
  );
}

type ProblemsProps = { problems: Problem[]; field: Problem['field']; editing: Editing };

/** Faults next to the field that they are about, each with the way to its place on the map. */
function Problems({ problems, field, editing }: ProblemsProps) {
  const map = useStore(editing.$map);
  const shown = problems.filter((problem) => problem.field === field);
  return (
    <div role="status">
      {shown.map(({ text, place }) => (
        <p key={text} className="zone-problem">
          <span>{text}</span>
          {place !== undefined && (
            <button type="button" onClick={() => map?.showPlace(place)}>
              {TEXTS.showFault}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}
