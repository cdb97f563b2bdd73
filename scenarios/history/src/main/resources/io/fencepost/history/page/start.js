// Puts the parts on the page.

function start() {
  const data = JSON.parse(document.getElementById('run').textContent);
  const model = new Model(data);
  const view = new View(model.end);
  const find = (id) => document.getElementById(id);
  readPalette();

  const acquires = new Acquires(model);
  const timeline = new Timeline(find('timeline'), view, model);
  const latency = new LatencyChart(find('latency'), find('latency-caption'), view, model, acquires);
  const rate = new RateChart(find('rate'), find('rate-caption'), view, model, acquires);
  const overview = new Overview(find('overview'), view, model, acquires);
  const plots = [overview, timeline, latency, rate];
  find('live').hidden = false;

  const tip = find('tip');
  const details = find('details');
  const said = find('said');
  let finding = -1;

  const list = (pairs) => {
    const dl = element('dl', {});
    for (const [name, text] of pairs) dl.append(element('dt', {}, name), element('dd', {}, text));
    return dl;
  };

  const faultFacts = (fault) => [
    ['fault', fault.name],
    ['target', fault.target || '–'],
    ['in force', instant(fault.from) + ' to ' + (fault.healed ? instant(fault.to) : 'the end') + ' (' + span(fault.to - fault.from) + ')'],
    ['proof', fault.proved ? fault.proof || 'recorded' : 'none: ' + (fault.proof || 'no answer')],
    ...(fault.healing ? [['proof of its end', fault.healing]] : []),
    ...Object.entries(fault.detail || {}),
  ];

  const stopFacts = (stop) => [
    ['worker', model.processes[stop.process]],
    [stop.how, instant(stop.from) + ' to ' + instant(stop.to) + ' (' + span(stop.to - stop.from) + ')'],
  ];

  const showTip = (pairs, event) => {
    if (!pairs) {
      tip.hidden = true;
      return;
    }
    tip.replaceChildren(list(pairs));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const x = event.clientX + 16 + box.width > innerWidth ? Math.max(4, event.clientX - box.width - 12) : event.clientX + 16;
    const y = event.clientY + 16 + box.height > innerHeight ? Math.max(4, event.clientY - box.height - 12) : event.clientY + 16;
    tip.style.left = x + 'px';
    tip.style.top = y + 'px';
  };

  const pin = (row) => {
    timeline.chosen = row;
    if (row < 0) {
      details.replaceChildren(element('p', { class: 'muted' }, 'Choose an operation to see all that was recorded of it.'));
      view.changed();
      return;
    }
    const under = model.underGrant(row);
    const parts = [list(facts(model, row))];
    if (under.length) {
      const most = 200;
      const body = element('tbody', {});
      for (const one of under.slice(0, most)) {
        const others = facts(model, one)
          .filter(([name]) => !['operation', 'process', 'lock', 'start', 'took', 'id', 'grant', 'line'].includes(name))
          .map(([name, text]) => name + ' ' + text)
          .join(' · ');
        body.append(
          element(
            'tr',
            {},
            element('th', { scope: 'row', class: 'number' }, instant(model.start[one])),
            element('td', {}, model.kindName(one)),
            element('td', {}, element('span', { class: 'tone ' + model.outcomeTone(one) }, model.outcomeWord(one))),
            element('td', { class: 'fields' }, others),
          ),
        );
      }
      parts.push(
        element('h4', {}, 'Under this grant' + (under.length > most ? ' (the first ' + most + ' of ' + count(under.length) + ')' : '')),
        element('div', { class: 'scroll' }, element('table', { class: 'operations' }, body)),
      );
    }
    details.replaceChildren(...parts);
    timeline.reveal(row);
    said.textContent = facts(model, row)
      .slice(0, 7)
      .map(([name, text]) => name + ' ' + text)
      .join(', ');
    view.changed();
  };

  /** Shows the operation, or the grant that it was done under. */
  const choose = (row, scroll = true) => {
    const grant = model.kindName(row) === 'acquire' ? row : model.grantOf(row);
    pin(grant >= 0 ? grant : row);
    const [from, to] = grant >= 0 ? timeline.spanOf(grant) : [model.start[row], model.endOf(row)];
    view.show(from, to);
    if (scroll) find('time').scrollIntoView({ behavior: calm.matches ? 'auto' : 'smooth', block: 'start' });
  };

  const showFinding = (number) => {
    const one = data.findings[number];
    finding = number;
    for (const item of document.querySelectorAll('[data-finding]')) item.classList.toggle('current', Number(item.dataset.finding) === number);
    const acquire = one.rows.find((row) => model.kindName(row) === 'acquire') ?? one.rows.map((row) => model.grantOf(row)).find((row) => row >= 0);
    if (acquire !== undefined) pin(acquire);
    else if (one.rows.length) pin(one.rows[0]);
    const leases = new Set(one.rows.map((row) => (model.kindName(row) === 'acquire' ? row : model.grantOf(row))).filter((row) => row >= 0).map((row) => model.leaseOfRow[row]));
    const shared = data.overlaps.filter((overlap) => leases.has(overlap.a) && leases.has(overlap.b));
    view.show(Math.min(one.from, ...shared.map((overlap) => overlap.from)), Math.max(one.to, ...shared.map((overlap) => overlap.to)));
    said.textContent = 'finding ' + (number + 1) + ' of ' + data.findings.length + ': ' + one.text;
  };

  for (const item of document.querySelectorAll('[data-finding]')) {
    const number = Number(item.dataset.finding);
    if (!data.findings[number] || data.findings[number].from === null) continue;
    item.append(
      element(
        'button',
        {
          type: 'button',
          onclick: () => {
            showFinding(number);
            find('time').scrollIntoView({ behavior: calm.matches ? 'auto' : 'smooth', block: 'start' });
            find('timeline').focus({ preventScroll: true });
          },
        },
        'Show in the timeline',
      ),
    );
  }

  const stepFinding = (direction) => {
    const placed = data.findings.map((one, i) => (one.from === null ? -1 : i)).filter((i) => i >= 0);
    if (placed.length === 0) {
      said.textContent = 'There is no finding.';
      return;
    }
    const at = placed.indexOf(finding);
    showFinding(placed[(at + direction + placed.length + (at < 0 && direction < 0 ? 1 : 0)) % placed.length]);
  };

  gestures(timeline, {
    hover: (x, y, event) => {
      const hit = timeline.at(x, y);
      timeline.canvas.style.cursor = hit.row >= 0 || hit.fault ? 'pointer' : 'crosshair';
      if (hit.row >= 0) showTip(facts(model, hit.row), event);
      else if (hit.fault) showTip(faultFacts(hit.fault), event);
      else if (hit.stop) showTip(stopFacts(hit.stop), event);
      else showTip(null);
    },
    leave: () => showTip(null),
    click: (x, y) => {
      const hit = timeline.at(x, y);
      if (hit.fault) view.show(hit.fault.from, hit.fault.to);
      else pin(hit.row);
    },
  });
  gestures(latency, {
    hover: (x, y, event) => {
      const row = latency.hit(x, y);
      showTip(row >= 0 ? facts(model, row) : null, event);
    },
    leave: () => showTip(null),
    click: (x, y) => {
      const row = latency.hit(x, y);
      if (row >= 0) pin(row);
    },
  });
  gestures(rate, {
    hover: (x, y, event) => {
      const number = Math.floor(rate.t(x) / rate.size);
      const slice = x < rate.left ? undefined : acquires.slices(rate.size).find((one) => one.number === number);
      const perSecond = (n) => count(Math.round((n * 1e6) / rate.size)) + '/s';
      showTip(
        slice
          ? [
              ['from', instant(slice.at, 3)],
              ['for', span(rate.size)],
              ['grants', count(slice.granted) + ' (' + perSecond(slice.granted) + ')'],
              ['contended', count(slice.contended) + ' (' + perSecond(slice.contended) + ')'],
              ['failed or unknown', count(slice.failed) + ' (' + perSecond(slice.failed) + ')'],
              ...(slice.p50 === null ? [] : [['p50, p99', span(slice.p50) + ', ' + span(slice.p99)]]),
            ]
          : null,
        event,
      );
    },
    leave: () => showTip(null),
    click: () => {},
  });

  const keys = {
    ArrowLeft: () => view.pan(-0.15),
    ArrowRight: () => view.pan(0.15),
    '+': () => view.zoom(1 / 1.6),
    '=': () => view.zoom(1 / 1.6),
    '-': () => view.zoom(1.6),
    0: () => view.reset(),
    Home: () => view.reset(),
    f: () => stepFinding(1),
    F: () => stepFinding(-1),
    '.': () => stepTo(timeline.step(1)),
    ',': () => stepTo(timeline.step(-1)),
    ArrowDown: () => stepTo(timeline.stepLane(1)),
    ArrowUp: () => stepTo(timeline.stepLane(-1)),
    Enter: () => timeline.chosen >= 0 && view.show(...timeline.spanOf(timeline.chosen)),
    Escape: () => (showTip(null), pin(-1)),
  };
  const stepTo = (row) => {
    if (row < 0) return;
    pin(row);
    const [from, to] = timeline.spanOf(row);
    if (to < view.from || from > view.to) view.set(from - view.length / 2, from + view.length / 2);
  };
  for (const plot of [timeline, latency, rate]) {
    plot.canvas.addEventListener('keydown', (event) => {
      const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  const button = (id, action) => find(id).addEventListener('click', action);
  button('zoom-in', () => view.zoom(1 / 1.6));
  button('zoom-out', () => view.zoom(1.6));
  button('pan-left', () => view.pan(-0.3));
  button('pan-right', () => view.pan(0.3));
  button('reset', () => view.reset());
  button('next-finding', () => stepFinding(1));
  find('next-finding').hidden = !data.findings.some((one) => one.from !== null);

  const range = find('range');
  const legend = find('legend');
  const lanes = find('lanes');
  for (const radio of document.querySelectorAll('input[name=lanes]')) {
    radio.checked = radio.value === timeline.mode;
    radio.addEventListener('change', () => {
      timeline.setMode(radio.value);
      describe();
    });
  }

  /** What the colours stand for, and which lanes there are. */
  const describe = () => {
    const names = timeline.mode === 'worker' ? model.locks : model.processes;
    const keys = timeline.coloured;
    const chips = keys.slice(0, 6).map((key, i) => element('span', { class: 'chip' }, element('i', { class: 'series' + i }), names[key]));
    if (keys.length > 6) chips.push(element('span', { class: 'muted' }, 'and ' + count(keys.length - 6) + ' more; six colours in turn'));
    legend.replaceChildren(element('span', { class: 'muted' }, timeline.mode === 'worker' ? 'colour by lock:' : 'colour by worker:'), ...chips);
    lanes.replaceChildren();
    if (timeline.pages > 1) {
      const turn = (label, step) =>
        element(
          'button',
          {
            type: 'button',
            onclick: () => {
              timeline.setPage(timeline.page + step);
              describe();
            },
          },
          label,
        );
      const first = timeline.shownLanes[0].index;
      lanes.append(
        turn('Previous lanes', -1),
        element('span', {}, 'lanes ' + count(first + 1) + ' to ' + count(first + timeline.shownLanes.length) + ' of ' + count(timeline.lanes.length)),
        turn('Next lanes', 1),
      );
    }
  };
  describe();

  let lanePage = 0;
  const draw = () => {
    for (const plot of plots) plot.draw();
    if (lanePage !== timeline.page) {
      lanePage = timeline.page;
      describe();
    }
    const digits = digitsFor(view.length / 1000);
    range.textContent = instant(Math.max(view.from, 0), digits) + ' to ' + instant(Math.min(view.to, model.end), digits) + ' (' + span(Math.min(view.to, model.end) - Math.max(view.from, 0)) + ')';
  };
  view.onChange(draw);
  view.onChange(
    later(300, () => {
      try {
        history.replaceState(null, '', view.toHash() || location.pathname + location.search);
      } catch (refused) {
        // a frame without an origin may not; the address is a convenience
      }
    }),
  );

  const repaint = () => {
    readPalette();
    view.changed();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  addEventListener('resize', () => view.changed());
  addEventListener('hashchange', () => view.readHash());
  // paper is white: the canvases are drawn anew for it, at once, as nothing waits for the next frame
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.theme = 'paper';
    readPalette();
    draw();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.theme;
    repaint();
  });

  view.readHash();
  pin(-1);
  draw();
  // the table is below the fold: the plots are seen first
  requestAnimationFrame(() => setTimeout(() => new OperationTable(find('operations'), view, model, choose), 0));
}

start();
