import type { Dice } from '../dice.ts';
import type { WebRequest } from './alb-line.ts';

export const browsers: readonly [string, ...string[]] = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
] as const;

const app = 'ExampleShop/7.4.1 (com.example.shop; build:2210; iOS 18.6.0) Alamofire/5.10.2';
const partner = 'okhttp/4.12.0';
const uptime = 'Mozilla/5.0 (compatible; ExampleUptime/2.1; +https://uptime.example.net/bot)';
const crawlers = [
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', '203.0.113.64'],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', '203.0.113.80'],
  ['Mozilla/5.0 (compatible; ExampleSeoBot/4.0; +https://seo.example.org/bot)', '203.0.113.90'],
] as const;

/** What people look for; some of it looks like what attackers write. */
// biome-ignore format: a table
const searches = [
  'red+shoes', 'mens+jacket+xl', 'gift+under+50', "o%27neill+wetsuit", 'select+comfort+mattress', 'union+jack+flag', 'drop+leaf+table', 'c%2B%2B+book',
  'caf%C3%A9+cups', '%22running+shoes%22', 'sleeping+bag+(2+person)', 'usb+cable+1m+--+2m', 'script+typeface+poster', 'order+by+phone', 'black+%26+decker',
  'table+lamp+;+brass', 'size+%3C+40', 'm%C3%BCtze', 'ps5+%7C+xbox', '50%25+off', 'etc+gifts', 'and+1%2F2+inch+pipe', 'update+kit+windows',
] as const;
/** What the whole internet is asked for, all day long. */
// biome-ignore format: a table
const knocked = [
  '/wp-login.php', '/.env', '/xmlrpc.php', '/phpmyadmin/index.php', '/.git/config', '/admin/', '/boaform/admin/formLogin', '/actuator/health', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/cgi-bin/luci/;stok=/locale', '/solr/admin/info/system?wt=json', '/owa/auth/logon.aspx', '/.well-known/security.txt', '/favicon.ico', '/login.action', '/api/v1/pods', '/HNAP1/', '/config.json', '/server-status', '/backup.zip',
] as const;
const knockers = ['Mozilla/5.0 zgrab/0.x', 'Go-http-client/1.1', 'python-requests/2.32.3', 'Mozilla/5.0', '-', 'curl/8.5.0'] as const;

/** Addresses of visitors and of the app's users; the same number is the same visitor, with the same browser. */
function visitor(n: number): string {
  const mixed = (n * 40_503) % 131_072;
  return `198.${18 + (mixed >> 16)}.${(mixed >> 8) & 255}.${1 + ((mixed & 255) % 254)}`;
}

const visitors = 20_000;

/** What one of those who come to a shop day by day does, within `span` milliseconds from `from` on. */
export function visit(from: number, span: number, dice: Dice): readonly WebRequest[] {
  const kind = dice.int(100);
  const after = within(from, span, dice);
  const n = dice.int(visitors);
  if (kind < 58) return shopping(n, after, dice);
  if (kind < 76) return appSession(n, after, dice);
  if (kind < 84) return monitoring(after, dice);
  if (kind < 90) return crawling(after, dice);
  if (kind < 96) return orders(after, dice);
  return knocking(after, dice);
}

/** The same for those who come by a browser, or look like it: people, crawlers, monitoring and those who knock everywhere. */
export function browse(from: number, span: number, dice: Dice): readonly WebRequest[] {
  const kind = dice.int(100);
  const after = within(from, span, dice);
  if (kind < 76) return shopping(dice.int(visitors), after, dice);
  if (kind < 82) return monitoring(after, dice);
  if (kind < 92) return crawling(after, dice);
  return knocking(after, dice);
}

/** What the app of a customer asks, and what a partner orders. */
export function callApi(from: number, span: number, dice: Dice): readonly WebRequest[] {
  const after = within(from, span, dice);
  return dice.int(100) < 70 ? appSession(dice.int(visitors), after, dice) : orders(after, dice);
}

/** Times so many seconds after a beginning somewhere in the span, and within it. */
export function within(from: number, span: number, dice: Dice): After {
  const start = from + dice.int(span);
  const end = from + span - 1;
  return (seconds) => Math.min(end, start + seconds * 1000);
}

type After = (seconds: number) => number;

function shopping(n: number, after: After, dice: Dice): readonly WebRequest[] {
  const ip = visitor(n);
  const userAgent = browsers[n % browsers.length] ?? browsers[0];
  const requests: WebRequest[] = [];
  let second = 0;
  const ask = (method: string, path: string, status: number, bytes: number, more: Partial<WebRequest> = {}) =>
    requests.push({ at: after(second), ip, method, path, status, userAgent, bytes, ...more });
  const page = (path: string, status = 200) => {
    second += 2 + dice.int(25);
    ask('GET', path, status, 9000 + dice.int(30_000));
    // What the browser has it asks for again now and then.
    const cached = dice.int(3) > 0;
    for (const asset of ['/static/app.4f1c.css', '/static/app.99ab.js', `/images/p${dice.int(900)}.webp`].slice(0, dice.int(4)))
      ask('GET', asset, cached ? 304 : 200, cached ? 140 : 4000 + dice.int(90_000));
  };
  if (dice.int(12) === 0) ask('GET', '/', 301, 134, { plain: true });
  page('/');
  for (let i = dice.int(4); i > 0; i--) {
    const choice = dice.int(9);
    if (choice < 4) page(`/product/${1000 + dice.int(900)}`);
    else if (choice < 6) page(`/search?q=${searches[dice.int(searches.length)] ?? ''}&page=${1 + dice.int(3)}`);
    else if (choice < 7) page(`/category/${['shoes', 'home', 'books', 'garden'][dice.int(4)] ?? ''}?sort=price&min=${dice.int(50)}`);
    else if (choice < 8) page(`/old/${dice.int(5000)}.html`, 404);
    else ask('POST', '/cart/add', 200, 310, { sent: 60 + dice.int(60) });
  }
  if (dice.int(6) === 0) {
    for (let tries = dice.int(12) === 0 ? 1 + dice.int(3) : 0; tries > 0; tries--) {
      second += 6 + dice.int(9);
      ask('POST', '/login', 401, 980, { sent: 70 });
    }
    second += 8;
    ask('POST', '/login', 302, 0, { sent: 70 });
    page('/account');
    if (dice.int(2) === 0) ask('POST', '/checkout', 200, 2400, { sent: 800, took: 0.4 + dice.int(900) / 1000 });
  }
  if (dice.int(200) === 0) ask('GET', '/search?q=everything', [500, 502, 504][dice.int(3)] ?? 500, 190);
  if (dice.int(150) === 0) ask('GET', `/images/p${dice.int(900)}.webp`, 460, 0);
  return requests;
}

function appSession(n: number, after: After, dice: Dice): readonly WebRequest[] {
  const ip = visitor(n);
  const ask = (second: number, method: string, path: string, status: number, bytes: number): WebRequest => ({
    at: after(second),
    ip,
    method,
    path,
    status,
    userAgent: app,
    bytes,
  });
  const expired = dice.int(5) === 0;
  return [
    ask(0, 'GET', '/api/v2/home', expired ? 401 : 200, expired ? 90 : 5200),
    ...(expired ? [ask(1, 'POST', '/api/v2/token', dice.int(30) === 0 ? 401 : 200, 700), ask(1, 'GET', '/api/v2/home', 200, 5200)] : []),
    ...Array.from({ length: dice.int(4) }, (_, i) => ask(3 + i * 9, 'GET', `/api/v2/products/${1000 + dice.int(900)}`, 200, 1900)),
    ask(30, 'PUT', '/api/v2/cart', 200, 400),
  ];
}

function monitoring(after: After, dice: Dice): readonly WebRequest[] {
  const ip = `203.0.113.${[101, 102, 103][dice.int(3)] ?? 101}`;
  return [
    {
      at: after(0),
      ip,
      method: dice.int(4) === 0 ? 'HEAD' : 'GET',
      path: '/health',
      status: 200,
      userAgent: uptime,
      bytes: 120,
      took: 0.004,
    },
  ];
}

function crawling(after: After, dice: Dice): readonly WebRequest[] {
  const [userAgent, first] = crawlers[dice.int(crawlers.length)] ?? crawlers[0];
  const ip = first.replace(/\d+$/, (last) => String(Number(last) + dice.int(6)));
  return Array.from({ length: 1 + dice.int(6) }, (_, i): WebRequest => {
    const gone = dice.int(10) === 0;
    const path =
      [`/product/${1000 + dice.int(900)}`, `/category/home?page=${dice.int(40)}`, '/robots.txt', '/sitemap.xml'][dice.int(4)] ?? '/';
    const about = { ip, method: 'GET', userAgent, at: after(i * 4) };
    return gone
      ? { ...about, path: `/old/${dice.int(5000)}.html`, status: 404, bytes: 1100 }
      : { ...about, path, status: 200, bytes: 14_000 };
  });
}

function orders(after: After, dice: Dice): readonly WebRequest[] {
  const ip = `203.0.113.${150 + dice.int(3)}`;
  const status = dice.int(60) === 0 ? 429 : dice.int(40) === 0 ? 422 : 201;
  return Array.from(
    { length: 1 + dice.int(3) },
    (_, i): WebRequest => ({ at: after(i), ip, method: 'POST', path: '/api/v2/orders', status, userAgent: partner, bytes: 280, sent: 900 }),
  );
}

/** Somebody's machine tries what may be anywhere, and goes on to the next address of the internet. */
export function knocking(after: After, dice: Dice): readonly WebRequest[] {
  const ip = `198.51.100.${1 + dice.int(190)}`;
  const userAgent = knockers[dice.int(knockers.length)] ?? '-';
  return Array.from(
    { length: 1 + dice.int(4) },
    (_, i): WebRequest => ({
      at: after(i),
      ip,
      method: dice.int(9) === 0 ? 'POST' : 'GET',
      path: knocked[dice.int(knocked.length)] ?? '/',
      status: dice.int(8) === 0 ? 403 : 404,
      userAgent,
      bytes: 1100,
    }),
  );
}
