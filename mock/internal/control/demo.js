// The demo shop: makes the calls of the way that the customer chose, sends them to the payment page, and looks at what became of it.
(() => {
  'use strict';
  const $ = (id) => document.getElementById(id);
  const story = JSON.parse($('story').textContent);
  // Paths of the story begin at the server's root. What a proxy has put before that stands in this page's own address.
  const root = location.pathname.slice(0, Math.max(0, location.pathname.lastIndexOf(story.home)));
  const here = (path) => root + path;
  const wayOf = (id) => story.ways.find((way) => way.id === id);

  // at is what stands at a JSON pointer.
  const at = (value, pointer) => pointer.split('/').slice(1).reduce((v, part) => v?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], value);

  const unknown = class extends Error {};
  // filled puts values where {name} stands, in a text or in all texts of a body.
  const filled = (thing, values, encode = (text) => text) => {
    if (typeof thing === 'string') {
      return thing.replace(/\{([\w-]+)\}/g, (_, name) => {
        if (values[name] === undefined || values[name] === null) throw new unknown(name);
        return encode(String(values[name]));
      });
    }
    if (Array.isArray(thing)) return thing.map((item) => filled(item, values));
    if (thing && typeof thing === 'object') return Object.fromEntries(Object.entries(thing).map(([name, item]) => [name, filled(item, values)]));
    return thing;
  };

  const line = (list, left, right, href) => {
    const item = document.createElement('li');
    const text = document.createElement(href ? 'a' : 'span');
    if (href) text.href = href;
    text.textContent = left;
    const end = document.createElement('b');
    end.textContent = right;
    item.append(text, end);
    list.append(item);
    list.parentElement.hidden = false;
  };

  // asked are the calls that this page shows. They go with the customer to the payment page and back: the tab keeps them.
  const asked = [];
  const tell = (call) => {
    asked.push(call);
    line($('calls'), call.what, call.status, call.exchange && here(`${story.control}/requests/${call.exchange}`));
  };
  const kept = `understudy ${story.home}`;
  const keep = (way, order) => {
    try { sessionStorage.setItem(kept, JSON.stringify({ way, order, asked })); } catch { /* a browser may refuse to keep anything */ }
  };
  const recall = (way, order) => {
    let was = null;
    try { was = JSON.parse(sessionStorage.getItem(kept)); } catch { /* nothing was kept */ }
    if (was?.way === way && was.order === order) was.asked.forEach(tell);
  };

  // ask makes one request, and shows it with a link to its entry in the journal.
  const ask = async (method, path, headers, body) => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => body !== undefined || name.toLowerCase() !== 'content-type'));
    const answer = await fetch(here(path), { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
    tell({ what: `${method} ${path.replace(/^\/w\/[^/]+/, '')}`, status: answer.status, exchange: answer.headers.get('Understudy-Exchange') });
    const text = await answer.text();
    let json = null;
    try { json = JSON.parse(text); } catch { /* shown as it is */ }
    return { ok: answer.ok, status: answer.status, json, text };
  };

  // perform makes the call of a way and keeps what it is for.
  const perform = async (way, call, values, scenario) => {
    const headers = { ...way.header };
    if (scenario && call.scenarios?.includes(scenario)) headers.Prefer = `scenario=${scenario}`;
    const answer = await ask(call.method, filled(call.url, values, encodeURIComponent), headers, call.body === undefined ? undefined : filled(call.body, values));
    if (answer.ok) for (const [name, pointer] of Object.entries(call.keep ?? {})) values[name] = at(answer.json, pointer);
    return answer;
  };

  // refusal is what a platform gives as its reason: wherever it stands, the first text that is a sentence.
  const sentence = (value) => {
    if (typeof value === 'string') return value.includes(' ') ? value : undefined;
    return value && typeof value === 'object' ? Object.values(value).map(sentence).find(Boolean) : undefined;
  };
  const refusal = (answer) => sentence([answer.json?.detail, answer.json?.message, answer.json?.errors?.[0]?.detail, answer.json]) ?? answer.text.slice(0, 300);

  const show = (element, text, mood) => {
    element.textContent = text;
    element.hidden = false;
    if (mood) element.className = `verdict ${mood}`;
  };

  // look asks the platform what became of the order, and shows what it says.
  const look = async (way, values) => {
    let paid = null;
    for (const call of way.after) {
      let answer;
      try { answer = await perform(way, call, values); } catch (e) { if (e instanceof unknown) continue; throw e; }
      for (const fact of answer.ok ? call.facts ?? [] : []) {
        const value = at(answer.json, fact.pointer);
        const [term, told] = [document.createElement('dt'), document.createElement('dd')];
        term.textContent = fact.label;
        told.textContent = value === undefined || value === null ? '–' : String(value);
        $('facts').append(term, told);
        if (fact.paid) paid = { is: value === fact.paid, says: String(value) };
      }
    }
    if (paid === null) show($('verdict'), 'Not paid: there is no order.', 'bad');
    else if (paid.is) show($('verdict'), `Paid: the platform says “${paid.says}”.`, 'good');
    else show($('verdict'), `Not paid: the platform says “${paid.says}”.`, paid.says === 'pending' ? 'wait' : 'bad');
    $('again').hidden = false;
    $('verdict').scrollIntoView({ block: 'nearest' });
  };

  const loaded = (src) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    Object.assign(script, { src, onload: resolve, onerror: () => reject(new Error(`${src} does not load`)) });
    document.head.append(script);
  });

  // within lets the provider's SDK show the payment page in this one, and waits for how it ends.
  const within = async (way, values) => {
    if (!window[way.sdk.class]) await loaded(here(way.sdk.script));
    const sdk = new window[way.sdk.class]();
    await new Promise((resolve) => {
      sdk.initiate(filled(way.sdk.initiate, { div: 'sdk' }), (news) => {
        const told = typeof news === 'string' ? JSON.parse(news) : news;
        line($('events'), told.event, [told.payload?.status, told.errorCode].filter(Boolean).join(' '));
        if (told.event === 'hide_loader') $('sdk').scrollIntoView({ block: 'nearest' });
        if (told.event === 'initiate_result' && !told.error) sdk.process(values[way.sdk.payload]);
        if (told.event === 'process_result' || told.event === 'session_expired' || told.error) resolve();
      });
    });
    sdk.terminate();
  };

  // own are the parameters of the shop's own links: what was chosen here.
  const own = (way, scenario) => ({ way, ...(scenario && { scenario }) });

  // buy is the whole way: a fresh order, the calls, and the customer's part.
  const buy = async (way, scenario) => {
    const values = {};
    if (way.role) {
      const made = await ask('POST', `${story.control}/${way.provider}/${encodeURIComponent(way.tenant)}/orders`, { 'Content-Type': 'application/json' }, { role: way.role });
      if (!made.ok) return show($('problem'), refusal(made));
      values.order = made.json.id;
    }
    values.return = `${location.origin}${here(story.home)}?${new URLSearchParams({ ...own(way.id, scenario), ...(values.order && { order: values.order }) })}`;
    for (const call of way.calls) {
      const answer = await perform(way, call, values, scenario);
      if (!answer.ok) {
        show($('problem'), `The platform refused (${answer.status}): ${refusal(answer)}`);
        return look(way, values);
      }
    }
    if (way.sdk) await within(way, values);
    else if (values[way.link]) {
      keep(way.id, values.order);
      return location.assign(values[way.link]);
    }
    return look(way, values);
  };

  const clear = () => {
    asked.length = 0;
    for (const id of ['facts', 'events', 'calls', 'sdk']) $(id).replaceChildren();
    for (const id of ['verdict', 'problem', 'before', 'events-part', 'calls-part']) $(id).hidden = true;
    document.querySelector('[data-testid=returned]')?.remove();
  };

  const form = $('buy');
  const button = form.querySelector('button');
  const chosen = () => wayOf(form.elements.way.value);

  // offer shows what the chosen way sells, and lets the customer choose among what it can play. A scenario that was chosen stays, where it can.
  const offer = () => {
    const way = chosen();
    const select = form.elements.scenario;
    const was = select.value;
    select.replaceChildren(select.options[0], ...way.scenarios.map((name) => new Option(name, name, false, name === was)));
    document.querySelector('[data-testid=item]').textContent = way.item;
    for (const name of ['price', 'pay-price']) document.querySelector(`[data-testid=${name}]`).textContent = way.price;
    $('again').href = `?${new URLSearchParams(own(way.id, select.value))}`;
  };

  form.addEventListener('change', offer);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clear();
    button.disabled = true;
    try { await buy(chosen(), form.elements.scenario.value); } catch (e) { show($('problem'), e.message); }
    button.disabled = false;
  });
  addEventListener('pageshow', () => { // browsers bring a form back as it was left
    if (story.ways.length > 0) offer();
    button.disabled = story.ways.length === 0;
  });

  // A customer came back: what they brought are values, and so are the members of an order that was posted.
  if (story.back) {
    const values = { ...story.returned };
    for (const text of Object.values(story.returned)) {
      try {
        const posted = JSON.parse(text);
        for (const [name, value] of Object.entries(posted ?? {})) if (typeof value === 'string') values[name] ??= value;
      } catch { /* no JSON */ }
    }
    $('before').hidden = true;
    recall(story.way, story.returned.order);
    look(wayOf(story.way), values).catch((e) => show($('problem'), e.message));
  }
})();
