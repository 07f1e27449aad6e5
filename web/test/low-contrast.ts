/**
 * Runs inside a page: the texts whose contrast to their ground is below WCAG AA (4.5, or 3 for large text), as
 * `ratio text`. Grounds with alpha are laid over what is behind them.
 */
export function lowContrast(): readonly string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const parse = (text: string): Colour => {
    const numbers = (text.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return [(numbers[0] ?? 0) * scale, (numbers[1] ?? 0) * scale, (numbers[2] ?? 0) * scale, numbers[3] ?? 1];
  };
  const over = (top: Colour, under: Colour): Colour => {
    const mix = (i: 0 | 1 | 2) => top[i] * top[3] + under[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const ground = (element: Element | null): Colour => {
    if (element === null) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(element.parentElement));
  };
  const luminance = (colour: Colour): number => {
    const part = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
  };
  const faults: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent?.trim() ?? '')
      .join(' ')
      .trim();
    const box = element.getBoundingClientRect();
    if (text === '' || box.width <= 1 || box.height <= 1 || element.closest('.unseen, noscript, option') !== null) continue;
    const style = getComputedStyle(element);
    if (style.visibility === 'hidden') continue;
    const svg = element instanceof SVGElement;
    const under = ground(svg ? (element.ownerSVGElement?.parentElement ?? null) : element);
    const ink = parse(svg ? style.fill : style.color);
    let opacity = 1;
    for (let each: Element | null = element; each !== null; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
    const seen = over([ink[0], ink[1], ink[2], ink[3] * opacity], under);
    const [a, b] = [luminance(seen), luminance(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push(`${ratio.toFixed(2)} ${text.slice(0, 60)}`);
  }
  return faults;
}
