/**
 * How surprising a letter is behind another, in bits up to 9: a row for the first, a column for the second. Counted
 * over the half million different words in the names of the packages of npm and PyPI, which are chosen like domains.
 */
const surprise = [
  '75457657486443749343566767',
  '36563777378367368446488869',
  '37674783594467369454578869',
  '35652567376566469546577869',
  '46455668697453657234766578',
  '37664478298367369454487759',
  '46662755498565459356487868',
  '27662778397667368564487859',
  '55455558896443458543768696',
  '26663777376667357626476778',
  '36662666386566459545577958',
  '37653778297468359745578859',
  '25563768397557348656588859',
  '46443537475665469743668868',
  '65447658676443449344565678',
  '38653775497478459454588929',
  '56566677588357657554176889',
  '36553668395656369644568859',
  '47463774495556446742576859',
  '37563674397567359345586758',
  '44545758487443749333878687',
  '37562768297667469656678879',
  '36663675387565369446687779',
  '46454666387546538552577648',
  '45445556444576537534566776',
  '36662675376556457656577744',
].map((row) => [...row].map(Number));

/** A letter beside a digit: names end in a number, hexadecimal digits alternate. */
const change = 6;
const digits = 4;
/** Shorter names say too little. */
const shortest = 8;
/** In hundredths of a bit: of random letters 93 % lie above, of chosen names about 1 %. */
const limit = 490;

/**
 * Does this look like the name that a program made of random letters, as malware does to find its server? The first
 * label counts, in small letters. Whole numbers only, so that every machine says the same.
 */
export function looksGenerated(name: string): boolean {
  const dot = name.indexOf('.');
  const label = dot < 0 ? name : name.slice(0, dot);
  // Names of other scripts are written so.
  if (label.length < shortest || label.length > 63 || label.startsWith('xn--')) return false;
  let sum = 0;
  let pairs = 0;
  for (let i = 1; i < label.length; i++) {
    const a = label.charCodeAt(i - 1) - 97;
    const b = label.charCodeAt(i) - 97;
    const [isLetter, wasLetter] = [b >= 0 && b < 26, a >= 0 && a < 26];
    // A hyphen begins a new word.
    if (a === -52 || b === -52) continue;
    pairs++;
    sum += isLetter && wasLetter ? (surprise[a]?.[b] ?? 0) : isLetter || wasLetter ? change : digits;
  }
  return pairs > 0 && sum * 100 >= limit * pairs;
}
