// A module's state in TorchSharp's file format: the number of entries as LEB128, then per entry its name and its tensor.
using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Saves the state to a file in TorchSharp's format. The file is complete or, when something fails, untouched.
            /// </summary>
            /// <param name="location">The path of the file.</param>
            /// <param name="skip">Names to leave out.</param>
            /// <returns>This module.</returns>
            public Module save(string location, IList<string>? skip = null)
            {
                string partial = $"{location}.{Guid.NewGuid():N}.partial";
                try
                {
                    using (FileStream stream = File.Create(partial))
                    {
                        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
                        save(writer, skip);
                        writer.Flush();
                        stream.Flush(flushToDisk: true);
                    }

                    File.Move(partial, location, overwrite: true);
                }
                finally
                {
                    File.Delete(partial);
                }

                return this;
            }

            /// <summary>Saves the state in TorchSharp's format.</summary>
            /// <param name="writer">Where to write.</param>
            /// <param name="skip">Names to leave out.</param>
            /// <returns>This module.</returns>
            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            /// <summary>Saves the state in TorchSharp's format, and closes the stream.</summary>
            /// <param name="stream">Where to write.</param>
            /// <param name="skip">Names to leave out.</param>
            /// <returns>This module.</returns>
            public Module save(Stream stream, IList<string>? skip = null)
            {
                using BinaryWriter writer = new(stream);
                return save(writer, skip);
            }

            /// <summary>Writes tensors by name in TorchSharp's format.</summary>
            /// <param name="writer">Where to write.</param>
            /// <param name="sd">The tensors by name.</param>
            /// <param name="skip">Names to leave out.</param>
            public static void save_state_dict(
                BinaryWriter writer,
                Dictionary<string, Tensor> sd,
                IList<string>? skip = null
            )
            {
                List<KeyValuePair<string, Tensor>> entries =
                [
                    .. sd.Where(entry => skip is null || !skip.Contains(entry.Key)),
                ];
                writer.Encode(entries.Count);
                foreach ((string key, Tensor tensor) in entries)
                {
                    writer.Write(key);
                    tensor.Save(writer);
                }
            }

            /// <summary>Loads a state that was saved in TorchSharp's format.</summary>
            /// <param name="location">The path of the file.</param>
            /// <param name="strict">Whether the names must be the same on both sides.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Filled with the names in the file, and whether this module has them.</param>
            /// <returns>This module.</returns>
            /// <exception cref="FileNotFoundException">There is no such file.</exception>
            /// <exception cref="InvalidDataException">The file is truncated or in another format.</exception>
            /// <exception cref="InvalidOperationException">The state is another module's; the message lists what differs.</exception>
            public virtual Module load(
                string location,
                bool strict = true,
                IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null
            )
            {
                if (!File.Exists(location))
                {
                    throw new FileNotFoundException(
                        $"There is no file '{location}' to load {GetName()} from.",
                        location
                    );
                }

                using FileStream stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            /// <summary>Loads a state that was saved in TorchSharp's format, and closes the stream.</summary>
            /// <inheritdoc cref="load(BinaryReader, bool, IList{string}?, Dictionary{string, bool}?)"/>
            /// <param name="stream">Where to read.</param>
            /// <param name="strict">Whether the names must be the same on both sides.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Filled with the names in the stream, and whether this module has them.</param>
            public Module load(
                Stream stream,
                bool strict = true,
                IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null
            )
            {
                using BinaryReader reader = new(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            /// <summary>
            /// Loads a state that was saved in TorchSharp's format. Everything is read and compared before the module
            /// changes: after an exception it is what it was.
            /// </summary>
            /// <param name="reader">Where to read.</param>
            /// <param name="strict">Whether the names must be the same on both sides.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Filled with the names in the stream, and whether this module has them.</param>
            /// <returns>This module.</returns>
            /// <exception cref="InvalidDataException">The stream is truncated or in another format.</exception>
            /// <exception cref="InvalidOperationException">The state is another module's; the message lists what differs.</exception>
            public virtual Module load(
                BinaryReader reader,
                bool strict = true,
                IList<string>? skip = null,
                Dictionary<string, bool>? loadedParameters = null
            )
            {
                Dictionary<string, Tensor> target = state_dict();
                Dictionary<string, Tensor> source = [];
                StateMismatch mismatch = new(GetName());
                using DisposeScope scope = NewDisposeScope();
                HashSet<string> present = [];
                try
                {
                    long entries = reader.Decode();
                    for (long i = 0; i < entries; i++)
                    {
                        string key = reader.ReadString();
                        TensorHeader header = TensorHeader.Read(reader);
                        bool known = target.TryGetValue(key, out Tensor? own);
                        bool skipped = skip?.Contains(key) == true;
                        if (!present.Add(key))
                        {
                            throw new InvalidDataException($"The name '{key}' occurs twice.");
                        }

                        if (known && !skipped)
                        {
                            mismatch.CompareShapes(key, own!.shape, header.Shape);
                        }

                        if (known && !skipped && own!.shape.AsSpan().SequenceEqual(header.Shape))
                        {
                            source.Add(key, header.ReadTensor(reader));
                        }
                        else
                        {
                            header.Skip(reader);
                        }

                        if (!known && !skipped)
                        {
                            mismatch.Unexpected.Add(key);
                        }

                        loadedParameters?.TryAdd(key, known);
                    }
                }
                catch (Exception e) when (e is EndOfStreamException or FormatException or InvalidDataException)
                {
                    throw new InvalidDataException(
                        $"What {GetName()} is loaded from is truncated or not a state in TorchSharp's format: {e.Message}",
                        e
                    );
                }

                mismatch.Missing.AddRange(
                    target.Keys.Where(key => !present.Contains(key) && skip?.Contains(key) != true)
                );
                if (!strict)
                {
                    mismatch.Missing.Clear();
                    mismatch.Unexpected.Clear();
                }

                mismatch.ThrowIfAny();
                load_state_dict(source, strict: false);
                return this;
            }

            /// <summary>Makes a module and loads its state from a file.</summary>
            /// <typeparam name="T">The module's type.</typeparam>
            /// <param name="path">The path of the file.</param>
            public static Module Create<T>(string path)
                where T : Module, new() => new T().load(path);
        }
    }
}
