import type { ReactNode } from 'react';

/** One line of text with its label; it has to be filled in, unless it is optional. */
export function TextField({
  label,
  value,
  most,
  placeholder,
  optional = false,
  onText,
}: {
  readonly label: ReactNode;
  readonly value: string;
  /** How many characters. */
  readonly most: number;
  readonly placeholder?: string;
  readonly optional?: boolean;
  readonly onText: (text: string) => void;
}) {
  return (
    <label className="field">
      {label}
      <input
        value={value}
        maxLength={most}
        placeholder={placeholder}
        onChange={(event) => onText(event.target.value)}
        autoComplete="off"
        required={!optional}
      />
    </label>
  );
}
