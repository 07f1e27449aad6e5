import { type FormEvent, useState } from 'react';
import type { IncidentWish } from '../../api/generated/client.ts';
import { useWish } from '../../lib/use-wish.ts';
import { TextField } from '../text-field.tsx';
import { Trouble } from '../trouble.tsx';

/** A line to write in that commands something of an incident with it, and is empty again then. */
export function OneLine({
  id,
  label,
  placeholder,
  yes,
  said,
  wish,
}: {
  readonly id: string;
  /** For who cannot see the placeholder. */
  readonly label: string;
  readonly placeholder: string;
  readonly yes: string;
  readonly said: string;
  readonly wish: (text: string) => IncidentWish;
}) {
  const command = useWish(id);
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    command.mutate({ wish: wish(text), said }, { onSuccess: () => setText('') });
  };
  return (
    <form className="one-line" onSubmit={submit}>
      <TextField label={<span className="unseen">{label}</span>} value={text} most={4000} placeholder={placeholder} onText={setText} />
      <button type="submit" className="button" disabled={command.isPending}>
        {yes}
      </button>
      <Trouble error={command.error} />
    </form>
  );
}
