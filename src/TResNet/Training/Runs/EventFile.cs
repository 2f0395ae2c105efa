// TensorBoard's event files: TensorFlow's TFRecord framing (length, masked CRC-32C of it, data, masked CRC-32C of that) around the messages of
// tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto, of which scalars need few fields.
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using TResNet.Files;

namespace TResNet.Training.Runs;

/// <summary>Scalars over the steps of a run, for TensorBoard to draw. Kept in memory until <see cref="Flush"/>.</summary>
internal sealed class EventFile
{
    // Fields of Event.
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SessionLog = 7;

    private readonly MemoryStream pending = new();
    private readonly TimeProvider clock;
    private readonly string path;
    private long end;
    private bool isEmpty = true;

    /// <summary>A new file in a folder, beside those of sessions before.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="firstStep">The first step to come: what earlier files have of it and of later ones is void.</param>
    /// <param name="clock">The time of events.</param>
    public EventFile(string folder, int firstStep, TimeProvider clock)
    {
        this.clock = clock;
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        do
        {
            // TensorBoard reads files in the order of their names.
            path = Path.Combine(
                folder,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"events.out.tfevents.{seconds++}.{Environment.MachineName}"
                )
            );
        } while (File.Exists(path));

        Append(0, FileVersion, output => output.WriteString("brain.Event:2"));
        Append(firstStep, SessionLog, output => output.WriteBytes(Message(Started)));
    }

    /// <summary>Notes numbers of a step; those that are infinite or undefined are left out.</summary>
    public void Add(int step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        var values = scalars.ToArray().Where(scalar => float.IsFinite((float)scalar.Value)).ToArray();
        if (values.Length == 0)
        {
            return;
        }

        isEmpty = false;
        Append(
            step,
            Summary,
            output =>
                output.WriteBytes(
                    Message(summary =>
                    {
                        foreach (var (tag, value) in values)
                        {
                            summary.WriteTag(1, WireFormat.WireType.LengthDelimited);
                            summary.WriteBytes(Message(field => Scalar(field, tag, value)));
                        }
                    })
                )
        );
    }

    /// <summary>Writes what was noted; no file where that is nothing. After a failure nothing of it is lost: the next call writes it.</summary>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public void Flush()
    {
        if (isEmpty)
        {
            return;
        }

        try
        {
            using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            end = Math.Min(end, stream.Length);

            // What a full disk took of an attempt before.
            stream.SetLength(end);
            stream.Position = end;
            pending.WriteTo(stream);
            stream.Flush();
            end = stream.Position;
            pending.SetLength(0);
        }
        catch (Exception e) when (AtomicFile.IsRefusal(e))
        {
            throw new TResNetException(
                $"{path} could not be written ({AtomicFile.Reason(e)}): make room, and the next epoch writes what it lacks.",
                e
            );
        }
    }

    /// <summary>CRC-32C as TFRecord stores it: rotated and shifted, since a checksum over data that contains its own is weak.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8);
    }

    private static void Started(CodedOutputStream log)
    {
        log.WriteTag(1, WireFormat.WireType.Varint);
        log.WriteEnum(1);
    }

    private static void Scalar(CodedOutputStream value, string tag, double number)
    {
        value.WriteTag(1, WireFormat.WireType.LengthDelimited);
        value.WriteString(tag);
        value.WriteTag(2, WireFormat.WireType.Fixed32);
        value.WriteFloat((float)number);
    }

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return ByteString.CopyFrom(bytes.ToArray());
    }

    private void Append(int step, int what, Action<CodedOutputStream> write)
    {
        var data = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Fixed64);
            output.WriteDouble((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteInt64(step);
            output.WriteTag(what, WireFormat.WireType.LengthDelimited);
            write(output);
        });
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedCrc(header[..8]));
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedCrc(data.Span));
        pending.Write(header);
        pending.Write(data.Span);
        pending.Write(footer);
    }
}
