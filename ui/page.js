// How the page behaves. Answers and documents are HTML from Python, so one set of listeners serves the whole page.
// Runs as the `js_on_load` of an invisible gr.HTML: `trigger` carries an event to Python, with its data.

const KEPT = 'footnote.conversation';
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

const walk = {places: [], at: -1, last: null};
const placeOf = ({document, start, end}) => ({document, start: start || '', end: end || ''});
const same = (left, right) => ['document', 'start', 'end'].every((name) => left[name] === right[name]);

const open = (button) => {
  const answer = button.closest('.answer');
  const group = answer ? all('.sources [data-document], .closest [data-document]', answer) : [];
  walk.places = group.map((other) => ({...placeOf(other.dataset), label: other.getAttribute('aria-label') || ''}));
  walk.at = walk.places.findIndex((place) => same(place, placeOf(button.dataset)));
  walk.last = button;
  load(walk.places[walk.at] || placeOf(button.dataset), answer);
};
const load = ({label, ...place}, answer) => {
  one('.told').textContent = (label || '').replace(/^[^:]*: /, '');  // "Footnote 2: who, in which document"
  all('.chosen').forEach((old) => old.classList.remove('chosen'));
  all('[data-document]', answer || one('#documents')).forEach((button) => {
    if (same(placeOf(button.dataset), place)) button.classList.add('chosen');
  });
  const bar = one('.walk');
  bar.hidden = walk.at < 0 || walk.places.length < 2;
  one('.place', bar).textContent = `${walk.at + 1} of ${walk.places.length}`;
  const others = walk.places.filter((other) => other.document === place.document && other.start && !same(other, place));
  desk().dataset.loading = 'yes';
  const spans = others.map((other) => `${other.start}-${other.end}`).join(',');
  trigger('click', {...place, others: spans, opened: String(Date.now())});
};
const step = (by) => {
  const count = walk.places.length;
  walk.at = (walk.at + by + count) % count;
  const answer = walk.last && walk.last.isConnected ? walk.last.closest('.answer') : null;
  load(walk.places[walk.at], answer);
};
const opened = (element) => requestAnimationFrame(() => {
  show('evidence');
  delete desk().dataset.loading;
  const pane = element.closest('#source') || element;
  const cited = all('mark.cited', element).find((mark) => mark.offsetParent !== null);
  pane.scrollTop = 0;
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
  const width = card.offsetWidth, height = card.offsetHeight, edge = 8;
  const left = Math.min(Math.max(edge, box.left), innerWidth - width - edge);
  const below = box.bottom + 6;
  const top = below + height <= innerHeight - edge ? below : Math.max(edge, box.top - height - 6);
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

// ---- sources: ticks limit the answers, words filter the list

const picked = new Set();
const mark = () => {
  all('.pick').forEach((box) => { box.checked = picked.has(box.value); });
  const line = one('.limit');
  line.hidden = picked.size === 0;
  one('b', line).textContent = picked.size === 1 ? '1 document' : `${picked.size} documents`;
};
const listed = () => {  // the list is new: what is gone can't be ticked
  const there = new Set(all('.pick').map((box) => box.value));
  [...picked].filter((path) => !there.has(path)).forEach((path) => picked.delete(path));
  mark();
};
const pick = (which) => {
  if (which === 'none') picked.clear();
  else all('.list > li:not([hidden]) .pick').forEach((box) => picked.add(box.value));
  mark();
};
const filter = (field) => {
  const wanted = field.value.toLowerCase().split(/\s+/);
  all('.list > li', field.closest('.documents')).forEach((item) => {
    item.hidden = !wanted.every((word) => item.dataset.find.includes(word));
  });
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
  one('input', form).focus();
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

// ---- one question at a time

const answering = () => Boolean(one('#question .stop-button'));
const submit = (data) => { if (!answering()) trigger('submit', data); };
document.addEventListener('keydown', (event) => {
  const sends = event.key === 'Enter' && !event.shiftKey && event.target.matches('#question textarea');
  if (!sends || !answering()) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// ---- one listener for every button

const ACTIONS = {
  show: (button) => show(button.dataset.show),
  question: (button) => submit({question: button.dataset.question}),
  again: ({dataset}) => submit(dataset.without ? {again: dataset.again, without: dataset.without} : {again: dataset.again}),
  clear: () => { show('chat'); trigger('clear'); },
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

// ---- kept across a reload

const keep = (text) => {
  try {
    if (text) localStorage.setItem(KEPT, text);
    else localStorage.removeItem(KEPT);
  } catch { /* storage is full or switched off: the conversation lasts as long as the page */ }
};
let kept = null;
try { kept = localStorage.getItem(KEPT); } catch { /* switched off */ }
if (kept) trigger('input', {kept});

window.footnote = {ticked: () => [...picked], keep, opened, listed};

// ---- what Gradio leaves open: names of buttons, and where a new question stands

let asked = 0;
new MutationObserver(() => {
  const questions = all('#chat .asked');
  if (questions.length > asked) {  // the newest question to the top; its answer grows below it, and nothing jumps
    questions[questions.length - 1].closest('.message-row').scrollIntoView({block: 'start'});
  }
  asked = questions.length;
  one('#question .submit-button')?.setAttribute('aria-label', 'Ask');
  one('#question .stop-button')?.setAttribute('aria-label', 'Stop');
}).observe(document.body, {childList: true, subtree: true});
