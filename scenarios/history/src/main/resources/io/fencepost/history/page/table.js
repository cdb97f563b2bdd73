// The operations of the visible time, filtered, a page at a time.

const ROWS_A_PAGE = 50;

class OperationTable {
  constructor(root, view, model, choose) {
    this.view = view;
    this.model = model;
    this.choose = choose;
    this.page = 0;
    this.sort = 'start';
    this.down = false;
    this.matches = [];
    this.filters = {
      worker: this.select('worker', model.processes),
      lock: this.select('lock', model.locks),
      kind: this.select('kind', model.kinds),
      outcome: this.select('outcome', [...new Set(model.outcomes.map(([, word]) => word))].sort()),
    };
    const again = later(150, () => this.refresh());
    this.text = element('input', { type: 'search', placeholder: 'text in any field', 'aria-label': 'text in any field', oninput: again });
    this.inView = element('input', { type: 'checkbox', checked: true, onchange: () => this.refresh() });
    this.summary = element('p', { class: 'summary', role: 'status' });
    this.body = element('tbody', {});
    this.head = element('tr', {});
    this.pager = element('div', { class: 'bar' });
    const clear = element('button', { type: 'button', onclick: () => this.clear() }, 'Clear filters');
    root.append(
      element(
        'div',
        { class: 'bar filters' },
        ...Object.values(this.filters).map((select) => select.parentElement),
        element('label', {}, 'contains ', this.text),
        element('label', { class: 'check' }, this.inView, ' only the visible time'),
        clear,
      ),
      this.summary,
      element(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'operations' },
        element('table', { class: 'operations' }, element('thead', {}, this.head), this.body),
      ),
      this.pager,
    );
    view.onChange(later(160, () => this.inView.checked && this.refresh()));
    this.refresh();
  }

  select(name, options) {
    const select = element('select', { onchange: () => this.refresh() }, element('option', { value: '' }, 'all'));
    options.forEach((option, i) => select.append(element('option', { value: name === 'outcome' ? option : String(i) }, option)));
    element('label', {}, name + ' ', select);
    return select;
  }

  clear() {
    for (const select of Object.values(this.filters)) select.value = '';
    this.text.value = '';
    this.refresh();
  }

  /** Whether any field has the words, as it is shown or as the history names it. */
  mentions(row, words) {
    const plain = (text) => text.toLowerCase().replace(/_/g, ' ');
    return facts(this.model, row).some(([name, value]) => plain(name + ' ' + value).includes(plain(words)));
  }

  refresh() {
    const { model, view, filters } = this;
    const number = (select) => (select.value === '' ? -1 : Number(select.value));
    const [worker, lock, kind] = [number(filters.worker), number(filters.lock), number(filters.kind)];
    const outcome = filters.outcome.value;
    const words = this.text.value.trim().toLowerCase();
    const inView = this.inView.checked && !view.whole;
    const found = [];
    for (let row = 0; row < model.n; row++) {
      if (inView && (model.start[row] > view.to || model.endOf(row) < view.from)) continue;
      if (worker >= 0 && model.process[row] !== worker) continue;
      if (lock >= 0 && model.lock[row] !== lock) continue;
      if (kind >= 0 && model.kind[row] !== kind) continue;
      if (outcome && model.outcomeWord(row) !== outcome) continue;
      if (words && !this.mentions(row, words)) continue;
      found.push(row);
    }
    if (this.sort === 'took') found.sort((a, b) => model.duration[a] - model.duration[b]);
    if (this.down) found.reverse();
    this.matches = found;
    this.page = 0;
    this.draw();
  }

  header() {
    const sortable = (key, label) => {
      const active = this.sort === key;
      const arrow = active ? (this.down ? ' ▼' : ' ▲') : '';
      const button = element(
        'button',
        {
          type: 'button',
          class: 'sort',
          onclick: () => {
            this.down = active && !this.down;
            this.sort = key;
            this.refresh();
          },
        },
        label + arrow,
      );
      return element('th', { scope: 'col', class: 'number', 'aria-sort': active ? (this.down ? 'descending' : 'ascending') : 'none' }, button);
    };
    const plain = (label, css) => element('th', { scope: 'col', class: css || null }, label);
    this.head.replaceChildren(
      sortable('start', 'start'),
      sortable('took', 'took'),
      plain('process'),
      plain('operation'),
      plain('lock'),
      plain('outcome'),
      plain('token', 'number'),
      plain('fields'),
    );
  }

  draw() {
    const { model } = this;
    this.header();
    const pages = Math.max(1, Math.ceil(this.matches.length / ROWS_A_PAGE));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    const first = this.page * ROWS_A_PAGE;
    const rows = this.matches.slice(first, first + ROWS_A_PAGE);
    this.summary.textContent =
      this.matches.length === 0
        ? 'No operation matches.'
        : count(first + 1) + ' to ' + count(first + rows.length) + ' of ' + count(this.matches.length) + (this.matches.length < model.n ? ' (' + count(model.n) + ' in all)' : '');
    this.body.replaceChildren(...rows.map((row) => this.line(row)));
    const turn = (label, page, possible) =>
      element('button', { type: 'button', disabled: !possible, onclick: () => ((this.page = page), this.draw()) }, label);
    this.pager.replaceChildren(
      turn('First', 0, this.page > 0),
      turn('Previous', this.page - 1, this.page > 0),
      element('span', { class: 'muted' }, 'page ' + count(this.page + 1) + ' of ' + count(pages)),
      turn('Next', this.page + 1, this.page + 1 < pages),
      turn('Last', pages - 1, this.page + 1 < pages),
    );
    this.pager.hidden = pages === 1;
  }

  line(row) {
    const { model } = this;
    const token = shown(model, row, 'token');
    const others = model
      .fieldNames(row)
      .filter((name) => name !== 'token' && name !== 'id')
      .map((name) => [name, shown(model, row, name)])
      .filter(([, text]) => text !== null)
      .map(([name, text]) => label(name) + ' ' + text)
      .join(' · ');
    const start = element('button', { type: 'button', class: 'link', title: 'show in the timeline', onclick: () => this.choose(row) }, instant(model.start[row]));
    return element(
      'tr',
      {},
      element('th', { scope: 'row', class: 'number' }, start),
      element('td', { class: 'number' }, model.duration[row] < 0 ? 'no answer' : model.duration[row] === 0 ? '–' : span(model.duration[row])),
      element('td', {}, model.processName(row)),
      element('td', {}, model.kindName(row)),
      element('td', { class: 'name' }, model.lockName(row)),
      element('td', {}, element('span', { class: 'tone ' + model.outcomeTone(row) }, model.outcomeWord(row))),
      element('td', { class: 'number' }, token === null ? '' : '#' + token),
      element('td', { class: 'fields' }, others),
    );
  }
}
