/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The records of the channels "files" and "put": which files of the user are in the guest, and
 * their contents in both directions.  Pure functions, like gbx-protocol.h. */

#include "gbx-protocol.h"

#define GBX_FILES_CHANNEL "files"
#define GBX_PUT_CHANNEL "put"
/* While it is open, the guest does not end after its application. */
#define GBX_HOLD_CHANNEL "hold"

/* The credit for what comes to the guest. */
#define GBX_FILES_WINDOW 65536u
#define GBX_FILE_PATH_MAX 4096u
#define GBX_FILE_NAME_MAX 255u
#define GBX_FILE_DATA_MAX 32768u
#define GBX_FILE_HEADER_SIZE 5u
#define GBX_FILE_RECORD_MAX (GBX_FILE_HEADER_SIZE + GBX_FILE_DATA_MAX)

/* What one list may hold; the guest says if there is more. */
#define GBX_FILES_MAX 10000u
#define GBX_FILES_NAMES_MAX (1024u * 1024)
/* How deep folders are in a list or a folder that is got. */
#define GBX_FILES_DEPTH_MAX 64u
#define GBX_FILE_ERROR_MAX 4095u

typedef enum
{
  /* to the guest */
  GBX_FILE_LIST = 1,    /* no body */
  GBX_FILE_GET = 2,     /* flags, path */
  GBX_FILE_ARCHIVE = 3, /* no body */
  GBX_FILE_PUT = 4,     /* flags, size, time, path, name */
  /* in both directions */
  GBX_FILE_DATA = 8, /* bytes */
  /* to the host */
  GBX_FILE_ENTRY = 16,  /* size, time, path: of a list */
  GBX_FILE_FOLDER = 17, /* path */
  GBX_FILE_FILE = 18,   /* size, time, path; exactly that many bytes of data follow */
  GBX_FILE_READY = 19,  /* path: the data of a PUT can come */
  GBX_FILE_END = 20,    /* error, more: of the answer to a request */
  GBX_FILE_LAST = GBX_FILE_END,
} GbxFileRecordKind;

#define GBX_FILE_GET_FOLDERS 1u /* the path may be a folder: everything in it is sent */
#define GBX_FILE_PUT_REPLACE 1u /* a file of that name is replaced */
#define GBX_FILE_PUT_RENAME 2u  /* a free name like it is taken */

typedef struct
{
  GbxFileRecordKind kind;
  uint8_t flags;
  bool more;          /* of END: the list was cut off */
  uint32_t error;     /* of END: 0, or errno of the guest */
  uint64_t size;      /* in bytes; below 2⁶³ */
  int64_t time;       /* of the last change, seconds since 1970 */
  char path[GBX_FILE_PATH_MAX + 1];
  char name[GBX_FILE_NAME_MAX + 1];
  const uint8_t *data; /* in the reader; valid until the next call */
  size_t data_length;
} GbxFileRecord;

/* The path of a record for the host is relative, and has no part that is empty, "." or "..".
 * That of a folder or file which was asked for itself is "". */
bool gbx_file_path_is_below (const char *path);

void gbx_file_record_encode (const GbxFileRecord *self, GbxWriter *writer);

/* Joins the pieces in which records arrive.  Holds at most one record. */
typedef struct
{
  GbxDirection incoming;
  size_t length; /* of what is in buffer */
  uint8_t buffer[GBX_FILE_RECORD_MAX];
} GbxFileReader;

void gbx_file_reader_init (GbxFileReader *self, GbxDirection incoming);
/* Takes bytes from *data, and moves it forward.  1: *record is set, and there may be more;
 * 0: more bytes are needed; -1: the record is malformed. */
int gbx_file_reader_next (GbxFileReader *self, const uint8_t **data, size_t *length,
                          GbxFileRecord *record);
