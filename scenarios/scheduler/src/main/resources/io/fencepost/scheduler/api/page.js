'use strict';

(() => {
  const API = '/api/v1';
  const STATES = ['scheduled', 'running', 'succeeded', 'dead', 'cancelled'];
  const KIND_STATE = {
    'submitted': 'scheduled', 'began': 'running', 'took-over': 'running', 'succeeded': 'succeeded', 'failed': 'dead', 'died': 'dead',
    'skipped': 'cancelled', 'given-back': 'scheduled', 'cancelled': 'cancelled', 'retried': 'scheduled',
  };
  const KIND_TEXT = { 'took-over': 'took over', 'given-back': 'given back' };
  const PAGE = 25;
  const MAX_EVENTS = 150;
  const $ = (id) => document.getElementById(id);

  // texts become text nodes and nothing else: what users submit is never read as HTML
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === 'on') {
        node.addEventListener('click', value);
      } else if (value !== undefined && value !== false) {
        node.setAttribute(name, value === true ? '' : String(value));
      }
    }
    node.append(...children.filter((child) => child !== undefined && child !== null && child !== ''));
    return node;
  }

  // ---- talking to the server -------------------------------------------------------------------------------------------

  let token = sessionStorage.getItem('fencepost-token') || '';
  let skewMillis = 0;

  class Refused extends Error {
    constructor(status, problem) {
      super(problem.detail || problem.title || `HTTP ${status}`);
      this.status = status;
      this.errors = problem.errors || [];
    }
  }

  function headers(more) {
    return token ? { ...more, Authorization: `Bearer ${token}` } : { ...more };
  }

  async function call(method, path, body) {
    const response = await fetch(API + path, {
      method,
      headers: headers(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
    const served = Date.parse(response.headers.get('Date') || '');
    if (!Number.isNaN(served)) {
      const off = served - Date.now();
      skewMillis = Math.abs(off) > 3000 ? off : 0;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.status === 401) {
      askForToken();
    }
    if (!response.ok) {
      throw new Refused(response.status, answer);
    }
    return answer;
  }

  function askForToken() {
    $('token-open').hidden = false;
    if (!$('token').open && !document.querySelector('dialog[open]')) {
      $('token').showModal();
    }
  }

  // ---- texts -------------------------------------------------------------------------------------------------------------

  const now = () => Date.now() + skewMillis;

  function span(millis) {
    const seconds = Math.max(0, Math.round(millis / 1000));
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
    return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
  }

  const clock = (text) => new Date(text).toLocaleTimeString('en-GB', { hour12: false });
  const full = (text) => new Date(text).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

  function since(text) {
    return el('time', { datetime: text, 'data-since': text, title: full(text) }, span(now() - Date.parse(text)));
  }

  function until(job) {
    if (job.state !== 'scheduled') {
      return el('time', { datetime: job.changed, 'data-ago': job.changed, title: full(job.changed) }, ago(job.changed));
    }
    return el('time', { datetime: job.next, 'data-until': job.next, title: full(job.next) }, ahead(job.next));
  }

  const ago = (text) => `${span(now() - Date.parse(text))} ago`;
  const ahead = (text) => (Date.parse(text) <= now() ? 'due' : `in ${span(Date.parse(text) - now())}`);

  function workText(work) {
    if (work.kind === 'http') return `${work.method} ${work.uri}`;
    if (work.kind === 'command') return work.arguments.join(' ');
    return `handler ${work.handler}`;
  }

  function scheduleText(schedule) {
    switch (schedule.kind) {
      case 'at': return `once, ${full(schedule.instant)}`;
      case 'after': return `once, after ${schedule.delay}`;
      case 'fixed-rate': return `every ${schedule.period}`;
      default: return `${schedule.expression} (${schedule.zone})`;
    }
  }

  const chip = (state, text) => el('span', { class: 'chip', 'data-state': state }, text || state);
  const tokenMark = (value) => el('span', { class: 'token', title: 'fencing token' }, `#${value}`);
  const jobButton = (id) => el('button', { class: 'id', type: 'button', title: id, 'data-act': 'open', on: () => openJob(id) }, id);

  // ---- lists that change under the reader's hands ------------------------------------------------------------------------

  // rows that did not change stay as they are, so that focus and selection do
  function sync(parent, items, key, build) {
    const had = new Map([...parent.children].map((row) => [row.dataset.key, row]));
    let before = null;
    for (const item of items) {
      const name = key(item);
      const print = JSON.stringify(item);
      let row = had.get(name);
      if (!row || row.dataset.print !== print) {
        const fresh = build(item);
        fresh.dataset.key = name;
        fresh.dataset.print = print;
        if (row) {
          const act = row.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
          row.replaceWith(fresh);
          const again = act && fresh.querySelector(`[data-act="${act}"]`);
          if (again) again.focus();
        }
        row = fresh;
      }
      had.delete(name);
      const place = before ? before.nextSibling : parent.firstChild;
      if (place !== row) parent.insertBefore(row, place);
      before = row;
    }
    had.forEach((row) => row.remove());
  }

  function actions(job) {
    const done = (name, path) => async (event) => {
      event.target.disabled = true;
      try {
        await call('POST', `/jobs/${encodeURIComponent(job.id)}/${path}`, path === 'cancel' ? { reason: 'cancelled on the page' } : undefined);
        say(`Job ${job.id} ${name}`);
      } catch (e) {
        notice(e.message);
      }
      event.target.disabled = false;
      refreshSoon();
    };
    if (job.state === 'scheduled' || job.state === 'running') {
      return el('button', { class: 'quiet small', type: 'button', 'data-act': 'cancel', 'aria-label': `Cancel job ${job.id}`, on: done('cancelled', 'cancel') }, 'Cancel');
    }
    if (job.state === 'dead' || job.state === 'cancelled') {
      return el('button', { class: 'quiet small', type: 'button', 'data-act': 'retry', 'aria-label': `Retry job ${job.id}`, on: done('tried again', 'retry') }, 'Retry');
    }
    return '';
  }

  // ---- counts ------------------------------------------------------------------------------------------------------------

  let filter = '';

  function tiles() {
    for (const state of STATES) {
      $('tiles').append(el('button', { class: 'tile', type: 'button', 'data-state': state, 'aria-pressed': 'false', on: () => choose(state) },
        el('b', { id: `count-${state}` }, '–'), el('span', {}, state)));
    }
  }

  function choose(state) {
    filter = filter === state ? '' : state;
    for (const tile of $('tiles').children) tile.setAttribute('aria-pressed', String(tile.dataset.state === filter));
    $('jobs-hint').textContent = filter ? `only ${filter}` : 'all states';
    cursor = '';
    refresh();
  }

  function showCounts({ counts, total }) {
    for (const state of STATES) $(`count-${state}`).textContent = counts[state].toLocaleString('en');
    const share = $('share');
    share.setAttribute('aria-label', total ? STATES.map((state) => `${counts[state]} ${state}`).join(', ') : 'No jobs yet');
    sync(share, STATES.filter((state) => counts[state] > 0).map((state) => ({ state, n: counts[state] })), (part) => part.state, (part) => {
      const bar = el('i', { 'data-state': part.state, title: `${part.n} ${part.state}` });
      bar.style.flexGrow = String(part.n);
      return bar;
    });
  }

  // ---- what is held, workers, jobs ---------------------------------------------------------------------------------------

  function showHeld(jobs) {
    $('held-empty').hidden = jobs.length > 0;
    $('held').hidden = jobs.length === 0;
    sync($('held').tBodies[0], jobs, (job) => job.id, (job) => el('tr', {},
      el('td', { class: 'job' }, jobButton(job.id), el('small', {}, `${job.tenant} · ${workText(job.work)}`)),
      el('td', { 'data-label': 'Worker', class: 'worker' }, job.worker || '–'),
      el('td', { 'data-label': 'Token', class: 'num' }, job.token ? tokenMark(job.token) : '–'),
      el('td', { 'data-label': 'Try', class: 'num' }, `${job.attempt} of ${job.retries.attempts}`),
      el('td', { 'data-label': 'Since', class: 'num' }, job.began ? since(job.began) : '–'),
      el('td', { class: 'act' }, actions(job))));
  }

  function showWorkers(workers) {
    $('workers-empty').hidden = workers.length > 0;
    const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
    const busy = workers.reduce((sum, worker) => sum + worker.running, 0);
    $('workers-hint').textContent = workers.length ? `${busy} of ${slots} slots busy` : '';
    sync($('workers'), workers.map(({ reported, ...worker }) => worker), (worker) => worker.name, (worker) => {
      const shown = Math.min(worker.slots, 32);
      const meter = el('div', { class: 'slots', role: 'img', 'aria-label': `${worker.running} of ${worker.slots} slots busy` });
      for (let i = 0; i < shown; i++) meter.append(el('i', { class: i < Math.round(worker.running * shown / worker.slots) ? 'busy' : undefined }));
      return el('li', {},
        el('span', { class: 'name' }, worker.name, worker.draining ? ' ' : '', worker.draining ? chip('cancelled', 'draining') : ''),
        el('span', { class: 'fact' }, `${worker.running} of ${worker.slots} · up `, since(worker.started)),
        meter);
    });
  }

  let cursor = '';
  let next = '';

  function showJobs(page) {
    next = page.next || '';
    $('jobs-empty').hidden = page.jobs.length > 0;
    $('jobs').hidden = page.jobs.length === 0;
    $('page-first').disabled = !cursor;
    $('page-next').disabled = !next;
    sync($('jobs').tBodies[0], page.jobs, (job) => job.id, (job) => el('tr', {},
      el('td', { class: 'job' }, jobButton(job.id), el('small', { title: job.error }, job.error || workText(job.work))),
      el('td', { 'data-label': 'State' }, chip(job.state)),
      el('td', { 'data-label': 'Tenant', title: job.tenant }, job.tenant),
      el('td', { 'data-label': 'Priority', class: 'num' }, job.priority),
      el('td', { 'data-label': job.state === 'scheduled' ? 'Next' : 'Changed', class: 'num' }, until(job)),
      el('td', { class: 'act' }, actions(job))));
  }

  let refreshing = false;
  let wanted = false;
  let timer = 0;

  async function refresh() {
    if (refreshing) {
      wanted = true;
      return;
    }
    refreshing = true;
    wanted = false;
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (filter) query.set('state', filter);
    if (cursor) query.set('cursor', cursor);
    try {
      const [counts, workers, held, jobs] = await Promise.all([
        call('GET', '/counts'), call('GET', '/workers'), call('GET', '/jobs?state=running&limit=100'), call('GET', `/jobs?${query}`)]);
      showCounts(counts);
      showWorkers(workers.workers);
      showHeld(held.jobs);
      showJobs(jobs);
      quietNotice();
    } catch (e) {
      if (e.status !== 401) notice(e.status ? e.message : 'The server does not answer.', true);
    }
    refreshing = false;
    if (wanted) refreshSoon();
  }

  function refreshSoon() {
    if (!timer) {
      timer = setTimeout(() => { timer = 0; refresh(); }, 400);
    }
  }

  let noticeIsPassing = false;
  function notice(text, passing) {
    noticeIsPassing = passing === true;
    $('notice').textContent = text;
    $('notice').hidden = false;
    if (!noticeIsPassing) setTimeout(() => { $('notice').hidden = true; }, 8000);
  }
  function quietNotice() {
    if (noticeIsPassing) $('notice').hidden = true;
  }

  // ---- events as they happen ---------------------------------------------------------------------------------------------

  let paused = false;
  let held = [];
  let spoken = 0;

  function say(text) {
    spoken = Date.now();
    $('said').textContent = text;
  }

  function facts(event) {
    const list = el('span', { class: 'more' });
    if (event.worker) list.append(el('span', {}, event.worker));
    if (event.token) list.append(tokenMark(event.token));
    if (event.attempt > 1) list.append(el('span', {}, `try ${event.attempt}`));
    if (event.run > 1) list.append(el('span', {}, `run ${event.run}`));
    if (event.detail) list.append(el('span', {}, event.detail.length > 200 ? `${event.detail.slice(0, 200)}…` : event.detail));
    return list;
  }

  function eventRow(event, fresh) {
    const state = KIND_STATE[event.kind] || 'cancelled';
    const more = facts(event);
    return el('li', { 'data-state': state, class: fresh ? 'fresh' : undefined },
      chip(state, KIND_TEXT[event.kind] || event.kind), jobButton(event.job), el('time', { datetime: event.at, title: full(event.at) }, clock(event.at)),
      more.childNodes.length ? more : '');
  }

  let batch = [];

  function happened(kind, data) {
    if (kind === 'job') {
      refreshSoon();
      if (detailOf === data.job) showJob(data.job);
      if (['took-over', 'died', 'cancelled'].includes(data.kind) || Date.now() - spoken > 5000) {
        say(`Job ${data.job} ${KIND_TEXT[data.kind] || data.kind}${data.worker ? `, ${data.worker}` : ''}${data.token ? `, token ${data.token}` : ''}`);
      }
    }
    if (paused) {
      held.push([kind, data]);
      held = held.slice(-MAX_EVENTS);
      $('pause').textContent = `Go on (${held.length})`;
      return;
    }
    batch.push([kind, data]);
    batch = batch.slice(-MAX_EVENTS);
    if (batch.length === 1) requestAnimationFrame(flush);
  }

  function flush() {
    const few = batch.length < 12;
    const rows = batch.map(([kind, data]) => (kind === 'job' ? eventRow(data, few) : el('li', {}, el('span', { class: 'more gap' }, data.detail))));
    batch = [];
    $('events').prepend(...rows.reverse());
    while ($('events').children.length > MAX_EVENTS) $('events').lastChild.remove();
    $('events-empty').hidden = true;
    $('events').hidden = false;
  }

  function linked(state, text) {
    $('link').dataset.link = state;
    $('link-text').textContent = text;
  }

  let lastId = '';
  let listening = null;

  // not an EventSource: that cannot send a token
  async function listen() {
    let wait = 1000;
    for (;;) {
      listening = new AbortController();
      // the server shows a sign of life every 20 s at least; a link that is dead shows none
      let watchdog = setTimeout(() => listening.abort(), 45000);
      try {
        const response = await fetch(`${API}/events`, { headers: headers(lastId ? { 'Last-Event-ID': lastId } : {}), signal: listening.signal, cache: 'no-store' });
        if (response.status === 401) {
          askForToken();
          linked('lost', 'Token needed');
        } else if (response.ok) {
          linked('live', 'Live');
          wait = 1000;
          const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
          let text = '';
          for (;;) {
            const { value, done } = await reader.read();
            if (done) break;
            clearTimeout(watchdog);
            watchdog = setTimeout(() => listening.abort(), 45000);
            text += value;
            const blocks = text.split('\n\n');
            text = blocks.pop();
            blocks.forEach(takeBlock);
          }
        }
      } catch (e) {
        // lost, or left on purpose: again below
      }
      clearTimeout(watchdog);
      if ($('link').dataset.link === 'live') linked('lost', 'Reconnecting');
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, wait); });
      wait = Math.min(wait * 2, 15000);
    }
  }

  let wake = () => {};

  function takeBlock(block) {
    let kind = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('id: ')) lastId = line.slice(4);
      if (line.startsWith('event: ')) kind = line.slice(7);
      if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data) happened(kind, JSON.parse(data));
  }

  // ---- one job -----------------------------------------------------------------------------------------------------------

  let detailOf = '';

  function openJob(id) {
    detailOf = id;
    showJob(id);
  }

  async function showJob(id) {
    try {
      const [job, { events }] = await Promise.all([call('GET', `/jobs/${encodeURIComponent(id)}`), call('GET', `/jobs/${encodeURIComponent(id)}/history`)]);
      if (detailOf !== id) return;
      $('detail-title').textContent = job.id;
      $('detail-state').replaceChildren(chip(job.state));
      const list = el('dl', { class: 'facts' });
      const fact = (name, value) => {
        if (value !== undefined && value !== '') list.append(el('div', {}, el('dt', {}, name), el('dd', {}, value)));
      };
      fact('Work', workText(job.work));
      fact('Tenant, priority', `${job.tenant}, ${job.priority}`);
      fact('Schedule', scheduleText(job.schedule));
      fact('Run, try', `${job.run}, ${job.attempt} of ${job.retries.attempts}`);
      fact('Token', job.token ? tokenMark(job.token) : undefined);
      fact('Worker', job.worker);
      fact(job.state === 'scheduled' ? 'Next' : 'Due', full(job.state === 'scheduled' ? job.next : job.due));
      fact('Deadline', job.deadline);
      const payload = job.payload !== undefined ? job.payload : `${job.payloadBase64} (base 64)`;
      $('detail-body').replaceChildren(list,
        ...(job.error ? [el('div', {}, el('h3', {}, 'Last failure'), el('pre', {}, job.error))] : []),
        ...(payload ? [el('div', {}, el('h3', {}, 'Payload'), el('pre', { tabindex: '0' }, payload.length > 4000 ? `${payload.slice(0, 4000)}…` : payload))] : []),
        el('div', {}, el('h3', {}, 'History'), el('ol', { class: 'history' }, ...events.slice(-200).map((event) => el('li', {},
          el('time', { datetime: event.at, title: full(event.at) }, clock(event.at)),
          el('span', {}, chip(KIND_STATE[event.kind] || 'cancelled', KIND_TEXT[event.kind] || event.kind)),
          facts(event))))));
      const act = actions(job);
      $('detail-foot').hidden = !act;
      $('detail-foot').replaceChildren(act);
      if (!$('detail').open) $('detail').showModal();
    } catch (e) {
      notice(e.message);
    }
  }

  // ---- a new job ---------------------------------------------------------------------------------------------------------

  const form = $('new-form');

  function fit() {
    const kind = form.elements.kind.value;
    const when = form.elements.when.value;
    for (const label of form.querySelectorAll('[data-kind]')) label.hidden = label.dataset.kind !== kind;
    for (const label of form.querySelectorAll('[data-when]')) label.hidden = !label.dataset.when.split(' ').includes(when);
    $('payload-hint').textContent = kind === 'handler'
      ? ({ sleep: 'for sleep: milliseconds', fail: 'for fail: the message', log: 'for log: what is logged' }[form.elements.handler.value] || '')
      : kind === 'http' ? 'the body of the request' : 'the standard input';
  }

  function whole(value) {
    return /^-?\d+$/.test(value) ? Number(value) : value;
  }

  function written() {
    const value = (name) => form.elements[name].value;
    const job = { tenant: value('tenant'), priority: whole(value('priority')), retries: { attempts: whole(value('attempts')) }, payload: value('payload') };
    job.work = { kind: value('kind') };
    if (job.work.kind === 'http') Object.assign(job.work, { method: value('method'), uri: value('uri') });
    if (job.work.kind === 'command') job.work.arguments = value('arguments').split('\n').filter((line) => line !== '');
    if (job.work.kind === 'handler') job.work.handler = value('handler');
    if (value('when') === 'after') job.schedule = { kind: 'after', delay: `PT${value('seconds')}S` };
    if (value('when') === 'fixed-rate') job.schedule = { kind: 'fixed-rate', period: `PT${value('seconds')}S` };
    if (value('when') === 'cron') job.schedule = { kind: 'cron', expression: value('expression') };
    return job;
  }

  async function submit(event) {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    const copies = Number(form.elements.copies.value);
    $('new-error').replaceChildren();
    if (!Number.isInteger(copies) || copies < 1 || copies > 1000) {
      $('new-error').replaceChildren(el('p', {}, 'How many: 1 to 1000'));
      return;
    }
    button.disabled = true;
    try {
      const answer = await call('POST', '/jobs', copies === 1 ? written() : Array.from({ length: copies }, written));
      $('new').close();
      say(copies === 1 ? `Job ${answer.id} submitted` : `${copies} jobs submitted`);
      refresh();
    } catch (e) {
      const seen = new Set();
      const lines = (e.errors || []).map((error) => `${error.field.replace(/^\/\d+(?=\/)/, '').replace(/^\//, '')}: ${error.allowed}`).filter((line) => !seen.has(line) && seen.add(line));
      $('new-error').replaceChildren(...(lines.length ? lines : [e.message]).map((line) => el('p', {}, line)));
    }
    button.disabled = false;
  }

  // ---- the rest ----------------------------------------------------------------------------------------------------------

  function theme(chosen) {
    const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    if (chosen) document.documentElement.dataset.theme = chosen;
    $('theme').setAttribute('aria-pressed', String(dark));
    return dark;
  }

  function useToken(value) {
    token = value;
    if (value) {
      sessionStorage.setItem('fencepost-token', value);
    } else {
      sessionStorage.removeItem('fencepost-token');
    }
    $('token-open').hidden = false;
    $('token').close();
    if (listening) listening.abort();
    wake();
    refresh();
  }

  tiles();
  fit();
  theme(localStorage.getItem('fencepost-theme'));
  form.addEventListener('input', fit);
  form.addEventListener('submit', submit);
  $('theme').addEventListener('click', () => {
    const chosen = theme(document.documentElement.dataset.theme) ? 'light' : 'dark';
    localStorage.setItem('fencepost-theme', chosen);
    theme(chosen);
  });
  $('new-open').addEventListener('click', () => { $('new-error').replaceChildren(); $('new').showModal(); });
  $('token-open').addEventListener('click', () => $('token').showModal());
  $('token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const value = event.target.elements.token.value.trim();
    event.target.reset();
    useToken(value);
  });
  $('token-forget').addEventListener('click', () => useToken(''));
  $('detail').addEventListener('close', () => { detailOf = ''; });
  for (const button of document.querySelectorAll('[data-close]')) button.addEventListener('click', () => button.closest('dialog').close());
  $('find').addEventListener('submit', (event) => {
    event.preventDefault();
    const id = event.target.elements.id.value.trim();
    if (id) openJob(id);
  });
  $('page-first').addEventListener('click', () => { cursor = ''; refresh(); });
  $('page-next').addEventListener('click', () => { cursor = next; refresh(); });
  $('pause').addEventListener('click', () => {
    paused = !paused;
    $('pause').setAttribute('aria-pressed', String(paused));
    $('pause').textContent = paused ? 'Go on' : 'Pause';
    if (!paused) {
      const waiting = held;
      held = [];
      waiting.forEach(([kind, data]) => { batch.push([kind, data]); });
      if (batch.length) requestAnimationFrame(flush);
    }
  });
  setInterval(() => {
    for (const time of document.querySelectorAll('[data-since]')) time.textContent = span(now() - Date.parse(time.dataset.since));
    for (const time of document.querySelectorAll('[data-ago]')) time.textContent = ago(time.dataset.ago);
    for (const time of document.querySelectorAll('[data-until]')) time.textContent = ahead(time.dataset.until);
  }, 1000);
  setInterval(() => { if (!document.hidden) refresh(); }, 2000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  refresh();
  listen();
})();
