// SPDX-License-Identifier: BSL-1.0
// Somebody with a browser: follows redirects, keeps cookies, fills in and sends the forms that come.

class Browser {
  cookies = new Map();

  async open(url, form) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      headers: { accept: 'text/html', cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') },
      redirect: 'manual',
    });
    this.keep(response);
    if (response.status >= 300 && response.status < 400) {
      await response.arrayBuffer();
      return this.open(new URL(response.headers.get('location'), url));
    }
    return { url, status: response.status, html: await response.text() };
  }

  keep(response) {
    for (const line of cookieLines(response.headers)) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

// Older ones join the lines by a comma, which a date holds too.
function cookieLines(headers) {
  if (headers.getSetCookie) return headers.getSetCookie();
  return (headers.get('set-cookie') ?? '').split(/,(?=\s*[^;,=\s]+=)/).filter(Boolean);
}

// The one form of a page: where it goes, and its fields as they stand.
function formOf({ html, url }) {
  const form = /<form\b[^>]*\baction="([^"]*)"[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  if (!form) return undefined;
  const fields = new URLSearchParams();
  for (const [input] of form[2].matchAll(/<input\b[^>]*>/gi)) {
    const name = /\bname="([^"]*)"/.exec(input)?.[1];
    if (name) fields.set(name, /\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  return { action: new URL(form[1], url), fields };
}

// What is shown when all is done holds no form any more; after a no there is a place for another code.
export async function enterCode(page, code, answer) {
  const browser = new Browser();
  let shown = await browser.open(page);
  for (let steps = 0; steps < 10; ++steps) {
    const form = formOf(shown);
    if (shown.status >= 500) throw new Error(`${shown.url.pathname ?? shown.url}: ${shown.status}`);
    if (!form) {
      if (answer !== 'approve') throw new Error('there was no way to say no');
      return;
    }
    if (form.fields.get('user_code') === '') form.fields.set('user_code', code);
    if (form.fields.has('login')) form.fields.set('login', 'somebody');
    if (form.fields.has('password')) form.fields.set('password', 'any');
    if (form.fields.has('confirm') && answer === 'decline') {
      form.fields.delete('confirm');
      form.fields.set('abort', 'yes');
      await browser.open(form.action, form.fields);
      return;
    }
    if (form.fields.get('prompt') === 'consent' && answer === 'refuse consent') {
      const [, way] = /<a href="([^"]*\/abort)"/.exec(shown.html);
      await browser.open(new URL(way, shown.url));
      return;
    }
    shown = await browser.open(form.action, form.fields);
  }
  throw new Error('the pages never end');
}
