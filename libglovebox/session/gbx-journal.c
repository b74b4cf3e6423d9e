/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-journal"

#include "config.h"

#include "gbx-journal.h"

#include "gbx-text.h"

#include <string.h>

#define LINES_MAX 1000
/* A longer line of the application's output is split. */
#define OUTPUT_LINE_MAX 1024

struct _GbxJournal
{
  GQueue lines;   /* (element-type utf8) */
  guint64 count;  /* lines ever added */
  GString *begun[2]; /* a line of stdout and of stderr that is not complete */
};

GbxJournal *
gbx_journal_new (void)
{
  GbxJournal *self = g_new0 (GbxJournal, 1);

  g_queue_init (&self->lines);
  for (guint i = 0; i < G_N_ELEMENTS (self->begun); i++)
    self->begun[i] = g_string_new (NULL);
  return self;
}

void
gbx_journal_free (GbxJournal *self)
{
  g_queue_clear_full (&self->lines, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->begun); i++)
    g_string_free (self->begun[i], TRUE);
  g_free (self);
}

void
gbx_journal_add (GbxJournal *self, const char *text)
{
  if (self->lines.length == LINES_MAX)
    g_free (g_queue_pop_head (&self->lines));
  g_queue_push_tail (&self->lines, g_strdup (text));
  self->count++;
}

static void
complete (GbxJournal *self, GString *begun)
{
  g_autofree char *text = gbx_journal_clean (begun->str);

  gbx_journal_add (self, text);
  g_string_truncate (begun, 0);
}

gboolean
gbx_journal_end_output (GbxJournal *self)
{
  gboolean completed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (self->begun); i++)
    if (self->begun[i]->len > 0)
      {
        complete (self, self->begun[i]);
        completed = TRUE;
      }
  return completed;
}

gboolean
gbx_journal_add_output (GbxJournal *self, gboolean is_stderr, GBytes *data)
{
  GString *begun = self->begun[is_stderr ? 1 : 0];
  gboolean completed = FALSE;
  gsize length = 0;
  const char *bytes = g_bytes_get_data (data, &length);

  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] == '\n' || begun->len == OUTPUT_LINE_MAX)
        {
          complete (self, begun);
          completed = TRUE;
        }
      if (bytes[i] != '\n')
        g_string_append_c (begun, bytes[i] ? bytes[i] : ' ');
    }
  return completed;
}

char *
gbx_journal_dup_since (GbxJournal *self, guint64 *position)
{
  guint64 oldest = self->count - self->lines.length;
  guint known = *position > oldest ? (guint) (*position - oldest) : 0;
  GString *text = g_string_new (NULL);

  for (GList *at = g_queue_peek_nth_link (&self->lines, known); at; at = at->next)
    {
      g_string_append (text, at->data);
      g_string_append_c (text, '\n');
    }
  *position = self->count;
  return g_string_free (text, FALSE);
}

char *
gbx_journal_clean (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);

  for (char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!gbx_text_is_plain (c))
        memset (at, c == '\n' ? '\n' : ' ', g_utf8_next_char (at) - at);
    }
  return valid;
}
