// How the page behaves. Answers and documents are HTML from Python, so one set of listeners serves the whole page.
// Runs as the `js_on_load` of an invisible gr.HTML: `trigger` carries an event to Python, with its data.

const KEPT = 'footnote.conversation', TICKED = 'footnote.ticked';
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const desk = () => one('#desk');  // not there yet when this runs

// ---- which part of the page is in view, where they don't all fit

const show = (view) => {
  desk().dataset.view = view;
  if (view !== 'chat') desk().dataset.side = view;
  all('.tabs button').forEach((tab) => {
    if (tab.dataset.show === view) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
  });
};

// ---- evidence: the cited words in view, and the way through the citations of one answer

const nowhere = {places: [], at: -1, last: null, question: '', label: '', document: ''};
const walk = {...nowhere};
const placeOf = ({document, start, end}) => ({document, start: start || '', end: end || ''});
const same = (left, right) => ['document', 'start', 'end'].every((name) => left[name] === right[name]);
const rowOf = (part) => part && part.closest('.message-row');
const answerOf = (button) => (button && button.isConnected ? button.closest('.answer') : null);

const open = (button) => {
  const answer = answerOf(button);
  const group = answer ? all('.sources [data-document], .closest [data-document]', answer) : [];
  walk.places = group.map((other) => ({...placeOf(other.dataset), label: other.getAttribute('aria-label') || ''}));
  walk.at = walk.places.findIndex((place) => same(place, placeOf(button.dataset)));
  walk.last = button;
  walk.question = answer ? one('.asked', rowOf(answer)?.previousElementSibling || answer)?.textContent || '' : '';
  load(walk.places[walk.at] || placeOf(button.dataset), answer);
};
const load = ({label, ...place}, answer) => {
  walk.label = label || '';
  walk.document = place.document;
  all('.chosen').forEach((old) => old.classList.remove('chosen'));
  all('[data-document]', answer || one('#documents')).forEach((button) => {
    if (same(placeOf(button.dataset), place)) button.classList.add('chosen');
  });
  const others = walk.places.filter((other) => other.document === place.document && other.start && !same(other, place));
  desk().dataset.loading = 'yes';
  const spans = others.map((other) => `${other.start}-${other.end}`).join(',');
  trigger('click', {...place, others: spans, opened: String(Date.now())});
};
const step = (by) => {
  const to = walk.places[walk.at + by];
  if (!to) return;
  walk.at += by;
  load(to, answerOf(walk.last));
};
const close = () => {
  Object.assign(walk, nowhere);
  all('.chosen').forEach((old) => old.classList.remove('chosen'));
  trigger('click', {opened: String(Date.now())});
};
const told = () => {  // the head of the pane: which document, which footnote of which question
  const source = one('#source .source'), name = source?.getAttribute('aria-label') || '';
  one('#evidence-bar h2').textContent = name || 'Evidence';
  const line = one('.told'), said = walk.label.replace(`, in ${name}`, '').replace(': ', ' · ');
  line.textContent = source ? said : '';
  line.hidden = !line.textContent;
  const bar = one('.walk'), count = walk.places.length;
  bar.hidden = !source || walk.at < 0 || count < 2;
  one('.place', bar).textContent = `${walk.at + 1} of ${count}`;
  all('[data-step]', bar).forEach((button) => {
    button.setAttribute('aria-disabled', String(!walk.places[walk.at + Number(button.dataset.step)]));
  });
  one('.back').hidden = !source || !walk.question;
  stale();
};
const stale = () => {  // a pane that shows another question than the newest says so
  const newest = all('#chat .asked').pop()?.textContent || '';
  const from = one('.from');
  from.hidden = !walk.question || walk.question === newest;
  one('q', from).textContent = walk.question;
};
const opened = (element) => requestAnimationFrame(() => {
  delete desk().dataset.loading;
  told();
  const pane = element.closest('#source') || element;
  pane.scrollTop = 0;
  if (one('.nothing-open', element)) return;
  show('evidence');
  const cited = all('mark.cited', element).find((mark) => mark.offsetParent !== null);
  if (!cited) return;
  const top = cited.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop = top - Math.max(16, (pane.clientHeight - cited.offsetHeight) / 3);
  if (!one('.walk').contains(document.activeElement)) cited.focus({preventScroll: true});
});
const back = () => {
  show('chat');
  if (walk.last && walk.last.isConnected) walk.last.focus();
};

// ---- cards: what a footnote or a verdict says, beside it, while it is pointed at or focused

const card = document.createElement('div');
card.className = 'card';
card.hidden = true;
card.setAttribute('aria-hidden', 'true');  // the button is described by the original already
let carded = null;
let hiding = 0;

const showCard = (button) => {
  const told = document.getElementById(button.dataset.card);
  if (!told) return;
  clearTimeout(hiding);
  carded = button;
  card.replaceChildren(...all(':scope > *', told).map((part) => part.cloneNode(true)));
  if (!card.children.length) card.textContent = told.textContent;
  (one('.gradio-container') || document.body).append(card);
  card.hidden = false;
  const box = button.getBoundingClientRect();
  const bottom = button.closest('#chat') ? one('#question').getBoundingClientRect().top : innerHeight;
  const width = card.offsetWidth, height = card.offsetHeight, edge = 8;
  const left = Math.min(Math.max(edge, box.left), innerWidth - width - edge);
  const below = box.bottom + 6;
  const above = box.top - height - 6;
  const fits = below + height <= bottom - edge || (above < edge && below + height <= innerHeight - edge);
  const top = fits ? below : Math.max(edge, above);
  card.style.left = `${Math.max(edge, left)}px`;
  card.style.top = `${top}px`;
};
const hideCard = () => { card.hidden = true; carded = null; };
const hideSoon = () => { clearTimeout(hiding); hiding = setTimeout(hideCard, 200); };
card.addEventListener('pointerenter', () => clearTimeout(hiding));
card.addEventListener('pointerleave', hideSoon);
document.addEventListener('pointerover', (event) => {
  const button = event.pointerType === 'mouse' && event.target.closest('[data-card]');
  if (button && button !== carded) showCard(button);
});
document.addEventListener('pointerout', (event) => {
  const button = event.target.closest('[data-card]');
  if (button && !button.contains(event.relatedTarget)) hideSoon();
});
document.addEventListener('focusin', (event) => {
  const button = event.target.closest('[data-card]');
  if (button && button.matches(':focus-visible')) showCard(button);
  else if (!button) hideCard();
});
document.addEventListener('scroll', () => { if (!card.hidden) hideCard(); }, true);

// ---- kept across a reload, as far as the browser keeps anything

const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const store = (name, text) => {
  try {
    if (text) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch { /* storage is full or switched off: it lasts as long as the page */ }
};
const keep = (text) => store(KEPT, text);

// ---- sources: ticks limit the answers, words filter the list

const picked = new Set();
let before = null;  // the documents that were listed, by path; null as long as there is no list
let sought = '';
try { JSON.parse(stored(TICKED) || '[]').forEach((path) => picked.add(String(path))); } catch { /* not ours */ }
const titleOf = (box) => one('.document span', box.closest('li')).textContent;
const mark = () => {
  all('.pick').forEach((box) => { box.checked = picked.has(box.value); });
  const line = one('.limit');
  line.hidden = picked.size === 0 || before === null;
  const only = picked.size === 1 && one('.pick:checked');
  one('b', line).textContent = only ? titleOf(only) : `${picked.size} document${picked.size === 1 ? '' : 's'}`;
  if (picked.size) one('.forgotten').hidden = true;
  store(TICKED, picked.size ? JSON.stringify([...picked]) : '');
};
const listed = () => {  // the list is new: what is gone can't be ticked, what came is shown
  const boxes = all('.pick'), there = new Set(boxes.map((box) => box.value));
  if (!boxes.length && before === null) return;  // not indexed yet
  const ticked = picked.size;
  [...picked].filter((path) => !there.has(path)).forEach((path) => picked.delete(path));
  const came = before ? boxes.filter((box) => !before.has(box.value)).map((box) => box.closest('li')) : [];
  before = there;
  mark();
  one('.forgotten').hidden = !(ticked && !picked.size);
  const field = one('.filter');
  if (field && sought && !came.length) { field.value = sought; filter(field); } else sought = '';
  came.forEach((item) => item.classList.add('came'));
  came[0]?.scrollIntoView({block: 'nearest'});
  const shown = one('#source .source') && walk.document;
  if (shown && !one(`#documents [data-document="${CSS.escape(shown)}"]`)) close();
};
const pick = (which) => {
  if (which === 'none') picked.clear();
  else all('.list > li:not([hidden]) .pick').forEach((box) => picked.add(box.value));
  mark();
};
const filter = (field) => {
  sought = field.value.trim();
  const wanted = sought.toLowerCase().split(/\s+/), within = field.closest('.documents');
  const items = all('.list > li', within);
  items.forEach((item) => { item.hidden = !wanted.every((word) => item.dataset.find.includes(word)); });
  const count = items.filter((item) => !item.hidden).length, line = one('.counted', within);
  line.textContent = count === items.length ? line.dataset.all : `${count} of ${line.dataset.all}`;
  one('.no-match', within).hidden = count > 0;
  one('.no-match b', within).textContent = sought;
};
const unfilter = () => {
  const field = one('.filter');
  field.value = '';
  filter(field);
  field.focus();
};
const confirming = (item, asking) => {
  const button = one('.remove', item);
  one('.confirm', item).hidden = !asking;
  button.setAttribute('aria-expanded', String(asking));
  (asking ? one('[data-keep]', item) : button).focus();
};

// ---- an answer: copied, judged

const copy = async (button) => {
  const text = one('.markdown', button.closest('.tools')).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // no clipboard for pages that come over plain http from another machine
    const field = Object.assign(document.createElement('textarea'), {value: text});
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
};
const judge = (button) => {
  const form = one('.reason-form', button.closest('.tools'));
  form.dataset.verdict = button.dataset.rate;
  form.hidden = false;
  all('.thumb', form.parentElement).forEach((thumb) => thumb.classList.toggle('meant', thumb === button));
  one('input', form).focus({preventScroll: true});
  form.scrollIntoView({block: 'nearest'});
};
document.addEventListener('submit', (event) => {
  if (!event.target.matches('.reason-form')) return;
  event.preventDefault();
  const form = event.target;
  const turn = form.parentElement.dataset.turn;
  const {verdict} = form.dataset;
  trigger('like', {turn, verdict, reason: one('input', form).value});
  form.hidden = true;
  setTimeout(() => one(`.tools[data-turn="${turn}"] .thumb.${verdict}`)?.focus(), 500);  // the answer is shown anew
});

// ---- one question at a time: the page knows by itself whether it waits, and never longer than its reader

let run = 0;  // the number of the run that is awaited; 0 for none
let last = 0;
let chosen = false;
const waiting = (number) => {
  run = number;
  if (number) desk().dataset.answering = 'yes';
  else delete desk().dataset.answering;
};
const asking = (typed) => {
  if (chosen || (typed || '').trim()) waiting(last = Math.max(Date.now(), last + 1));
  chosen = false;
  one('.stopped').hidden = true;
  one('.forgotten').hidden = true;
  return {run, ticked: [...picked]};
};
const ended = (number) => { if (number === run) waiting(0); };
const settle = () => {  // what nobody waits for any more is stopped, whatever is still on its way
  if (run) return;
  all('#chat .progress-line').forEach((line) => {
    line.textContent = 'Stopped.';
    line.className = 'notice';
    one('.stopped').hidden = true;
  });
};
const stopping = () => {
  const number = run;
  waiting(0);
  one('.stopped').hidden = all('#chat .progress-line').length > 0;
  settle();
  one('#question textarea').focus();
  return {run: number};
};
const submit = (data) => {
  if (run) return;
  chosen = true;
  trigger('submit', data);
};
document.addEventListener('keydown', (event) => {
  const sends = event.key === 'Enter' && !event.shiftKey && event.target.matches('#question textarea');
  if (!sends || !run) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// ---- one listener for every button

const ACTIONS = {
  show: (button) => show(button.dataset.show),
  question: (button) => submit({question: button.dataset.question}),
  again: ({dataset}) => submit(dataset.without ? {again: dataset.again, without: dataset.without} : {again: dataset.again}),
  clear: () => { waiting(0); one('.stopped').hidden = true; show('chat'); close(); trigger('clear'); },
  back,
  more: (button) => {
    const cut = button.previousElementSibling.classList.toggle('long');
    button.textContent = cut ? 'more' : 'less';
    button.setAttribute('aria-expanded', String(!cut));
  },
  unfilter,
  step: (button) => step(Number(button.dataset.step)),
  pick: (button) => pick(button.dataset.pick),
  remove: (button) => confirming(button.closest('li'), one('.confirm', button.closest('li')).hidden),
  keep: (button) => confirming(button.closest('li'), false),
  confirm: (button) => { trigger('delete', {document: button.dataset.confirm}); one('.filter').focus(); },
  dismiss: (button) => button.closest('.step').remove(),
  copy,
  rate: judge,
  document: open,
  card: showCard,
};
document.addEventListener('click', (event) => {
  if (!event.target.closest('.verdict, .card')) hideCard();
  const button = event.target.closest('button');
  const action = button && Object.keys(ACTIONS).find((name) => name in button.dataset);
  if (action) ACTIONS[action](button);
});
document.addEventListener('change', (event) => {
  if (!event.target.matches('.pick')) return;
  if (event.target.checked) picked.add(event.target.value);
  else picked.delete(event.target.value);
  mark();
});
document.addEventListener('input', (event) => { if (event.target.matches('.filter')) filter(event.target); });
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const form = event.target.closest('.reason-form'), asked = event.target.closest('.confirm');
  if (!card.hidden) hideCard();
  else if (form) { form.hidden = true; one('.thumb.meant', form.parentElement).focus(); }
  else if (asked) confirming(asked.closest('li'), false);
  else if (event.target.closest('#evidence') || desk().dataset.view === 'evidence') back();
});

// ---- files dropped on the sources

document.addEventListener('dragover', (event) => { if (event.target.closest('#sources')) event.preventDefault(); });
document.addEventListener('drop', (event) => {
  const field = event.target.closest('#sources') && one('#sources input[type="file"]');
  if (!field || !event.dataTransfer.files.length) return;
  event.preventDefault();
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event('change', {bubbles: true}));
});

// ---- a kept conversation comes back

const kept = stored(KEPT);
let restoring = Boolean(kept);
if (kept) trigger('input', {kept});

window.footnote = {asking, stopping, ended, keep, opened, listed};

// ---- what Gradio leaves open: names of buttons, and where a new question stands

let asked = 0;
new MutationObserver(() => {
  const questions = all('#chat .asked');
  if (questions.length > asked) {
    const row = rowOf(questions[questions.length - 1]);
    row.scrollIntoView({block: 'start'});  // the newest question; its answer grows below it, and nothing jumps
    const pane = row.closest('.panel-wrap');
    if (restoring && !run && pane) pane.scrollTop = pane.scrollHeight;
    restoring = false;
  }
  if (questions.length !== asked) stale();
  asked = questions.length;
  settle();
  one('#question .submit-button')?.setAttribute('aria-label', 'Ask');
  one('#question .stop-button')?.setAttribute('aria-label', 'Stop');
}).observe(document.body, {childList: true, subtree: true});
