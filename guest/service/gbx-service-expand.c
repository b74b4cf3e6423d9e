/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Variables in command lines, as systemd.service(5) has them. */

#include "gbx-service-runner.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char *text;
  size_t length;
} Text;

static void
add (Text *self, const char *bytes, size_t n)
{
  char *larger = realloc (self->text, self->length + n + 1);

  if (!larger)
    abort ();
  memcpy (larger + self->length, bytes, n);
  self->length += n;
  larger[self->length] = '\0';
  self->text = larger;
}

typedef struct
{
  char **words;
  size_t n;
} Words;

static void
add_word (Words *self, char *word)
{
  char **larger = realloc (self->words, (self->n + 2) * sizeof *larger);

  if (!larger)
    abort ();
  larger[self->n++] = word;
  larger[self->n] = NULL;
  self->words = larger;
}

static const char *
look_up (char *const *environment, const char *name, size_t length)
{
  const char *found = "";

  for (size_t i = 0; environment[i]; i++)
    if (strncmp (environment[i], name, length) == 0 && environment[i][length] == '=')
      found = environment[i] + length + 1;
  return found;
}

static size_t
name_length (const char *text)
{
  size_t n = 0;

  if (isdigit ((unsigned char) text[0]))
    return 0;
  while (isalnum ((unsigned char) text[n]) || text[n] == '_')
    n++;
  return n;
}

/* "${A}" and "$$" within a word. */
static char *
expand_word (const char *word, char *const *environment)
{
  Text text = { NULL, 0 };

  add (&text, "", 0);
  while (*word)
    {
      size_t n = word[0] == '$' && word[1] == '{' ? name_length (word + 2) : 0;

      if (word[0] == '$' && word[1] == '$')
        {
          add (&text, "$", 1);
          word += 2;
        }
      else if (n > 0 && word[2 + n] == '}')
        {
          const char *value = look_up (environment, word + 2, n);

          add (&text, value, strlen (value));
          word += n + 3;
        }
      else
        add (&text, word++, 1);
    }
  return text.text;
}

/* The words of a value; quotes keep blanks together. */
static void
split (Words *words, const char *value)
{
  while (*value)
    {
      Text text = { NULL, 0 };
      char quote = 0;

      while (isspace ((unsigned char) *value))
        value++;
      if (!*value)
        break;
      add (&text, "", 0);
      for (; *value && (quote || !isspace ((unsigned char) *value)); value++)
        if (quote ? *value == quote : *value == '"' || *value == '\'')
          quote = quote ? 0 : *value;
        else
          add (&text, value, 1);
      add_word (words, text.text);
    }
}

char **
gbx_service_expand (const GbxServiceCommand *command, char *const *environment)
{
  Words words = { calloc (1, sizeof (char *)), 0 };

  for (size_t i = 0; i < command->n_arguments; i++)
    {
      const char *argument = command->arguments[i];
      size_t n = argument[0] == '$' ? name_length (argument + 1) : 0;

      if (command->literal)
        add_word (&words, strdup (argument));
      else if (n > 0 && !argument[1 + n])
        split (&words, look_up (environment, argument + 1, n));
      else
        add_word (&words, expand_word (argument, environment));
    }
  return words.words;
}
