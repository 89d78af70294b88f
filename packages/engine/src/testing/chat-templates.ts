/** Templates written for tests, each with one trait of those that models come with. */
export const chatTemplates = {
  /** Turns between markers, and a system message of its own where none is given. */
  marked: `{%- if messages[0].role != 'system' -%}
<|open|>system
You help.<|close|>
{% endif -%}
{% for message in messages %}
<|open|>{{ message.role }}
{{ message.content }}<|close|>
{% endfor %}
{%- if add_generation_prompt -%}
<|open|>assistant
{% endif -%}`,

  /** A beginning token, trimmed contents and a date. */
  dated: `{{ bos_token }}
{%- if not date is defined %}{% set date = strftime_now("%d %b %Y") if strftime_now is defined else "1 Jan 2024" %}{% endif -%}
[{{ date }}]
{% for message in messages %}[{{ message.role }}]{{ message.content | trim }}{{ eos_token }}{% endfor -%}
{% if add_generation_prompt %}[assistant]{% endif %}`,

  /** Thoughts of turns before the last question are left out; a switch begins the turn with an empty thought. */
  thinking: `{%- set ns = namespace(asked=0) %}
{%- for message in messages %}{% if message.role == 'user' %}{% set ns.asked = loop.index0 %}{% endif %}{% endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if message.role == 'assistant' and '</think>' in content %}
        {%- set thought = content.split('</think>')[0].split('<think>')[-1].strip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- if loop.index0 > ns.asked %}{% set content = '<think>\\n' + thought + '\\n</think>\\n\\n' + content %}{% endif %}
    {%- endif %}
    {%- set role = 'user' if message.role == 'tool' else message.role %}
    {{- '<|open|>' + role + '\\n' + (('<result>\\n' + content + '\\n</result>') if message.role == 'tool' else content) + '<|close|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|open|>assistant\\n' }}
    {%- if thinking is defined and thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{% endif %}
{%- endif %}`,

  /** One question and one answer, no more. */
  single: `{% for message in messages %}{% if loop.index0 > 1 %}{{ raise_exception('one question only') }}{% endif %}[{{ message.role }}]{{ message.content }}{% endfor %}`,

  /** Counts its messages, so that what was written changes as the conversation goes on. */
  counting: `{{ messages | length }}:{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}`,

  /** Numbers the questions. */
  numbering: `{% for message in messages %}[{{ message.role }} {{ loop.index }}]{{ message.content }}{% endfor %}`,

  /** Knows no tools and writes nothing for their messages. */
  silent: `{% for message in messages %}{% if message.role != 'tool' %}[{{ message.role }}]{{ message.content }}{% endif %}{% endfor %}`,
} as const;
